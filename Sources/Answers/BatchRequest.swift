import Diagnostics
public import JSON
public import Metrics

/// One line of a batch of queries: `{"id", "expr", "time"}` or `{"id", "expr", "start", "end", "step"}`.
public struct BatchRequest: Sendable {
    /// Handed back with the answer; null where the line has none.
    public let id: JSONValue
    /// What is asked, or why nobody can tell.
    public let request: Result<QueryRequest, QueryRefusal>

    private static let names = ["id", "expr", "time", "start", "end", "step"]

    /// Reads a line. `defaultTime` is the evaluation time of a query that names none.
    public init(_ line: [UInt8], defaultTime: Timestamp) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line)
        } catch {
            id = .null
            let reason = "malformed JSON at column \(error.column): \(error.reason)"
            request = .failure(QueryRefusal(.badData, reason))
            return
        }
        id = value["id"] ?? .null
        do throws(QueryRefusal) {
            request = .success(try Self.request(value, defaultTime: defaultTime))
        } catch {
            request = .failure(error)
        }
    }

    private static func request(_ value: JSONValue, defaultTime: Timestamp) throws(QueryRefusal) -> QueryRequest {
        guard let object = value.object else {
            throw QueryRefusal(.badData, "a line must be an object, not \(value.kind)")
        }
        // Members for other readers may stand in a line, but a slip must not silently change the question.
        for member in object.members where !names.contains(member.name) {
            guard let meant = nearest(member.name, in: names) else { continue }
            throw QueryRefusal(
                .badData,
                "unknown member \(Labels.quoted(member.name)), did you mean \(Labels.quoted(meant))?"
            )
        }
        guard let expression = object["expr"] else { throw QueryRefusal(.badData, "the member \"expr\" is missing") }
        guard let text = expression.string else {
            throw QueryRefusal(.badData, "the member \"expr\" must be a string, not \(expression.kind)")
        }
        return QueryRequest(text, try span(object, defaultTime: defaultTime))
    }

    private static func span(
        _ object: JSONObject,
        defaultTime: Timestamp
    ) throws(QueryRefusal) -> QueryRequest.Span {
        let isRange = ["start", "end", "step"].contains { object[$0] != nil }
        guard isRange else { return .instant(try time("time", object) ?? defaultTime) }
        guard object["time"] == nil else {
            throw QueryRefusal(.badData, "\"time\" cannot stand beside \"start\", \"end\" and \"step\"")
        }
        guard let start = try time("start", object) else { throw missing("start") }
        guard let end = try time("end", object) else { throw missing("end") }
        guard let value = object["step"] else { throw missing("step") }
        guard let step = QueryParameter.step(value) else {
            throw .badParameter("step", "cannot parse \(shown(value)) to a valid duration")
        }
        return try QueryRequest.range(start: start, end: end, step: step)
    }

    private static func time(_ name: String, _ object: JSONObject) throws(QueryRefusal) -> Timestamp? {
        guard let value = object[name] else { return nil }
        guard let time = QueryParameter.time(value) else {
            throw .badParameter(name, "cannot parse \(shown(value)) to a valid timestamp")
        }
        return time
    }

    private static func missing(_ name: String) -> QueryRefusal {
        QueryRefusal(.badData, "the member \(Labels.quoted(name)) is missing")
    }

    private static func shown(_ value: JSONValue) -> String {
        value.string.map(Labels.quoted) ?? value.description
    }
}
