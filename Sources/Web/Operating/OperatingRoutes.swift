import History
import HTTPServer
public import Instruments
import JSON
import Metrics
import Playbooks

/// medic's own API: what an operator's page and command line are made of.
public struct OperatingRoutes: Sendable {
    private let desk: any OperatingDesk
    private let curves: CurveDrawer

    public init(_ desk: any OperatingDesk, _ instruments: Instruments) {
        self.desk = desk
        curves = CurveDrawer(desk, instruments)
    }

    public var routes: [Route] {
        RunRoutes(desk).routes + PlaybookRoutes(desk).routes + HealingRoutes(desk).routes + HistoryRoutes(desk).routes
            + AlertRoutes(desk, curves).routes + UnitRoutes(desk).routes + EventRoutes(desk).routes
            + OpenAPIRoutes(version: desk.build.version).routes
    }
}

// What the tables share.
extension OperatingDesk {
    /// The answer to a question about what happened.
    func answer<Value: Sendable>(
        _ body: @escaping @Sendable (HistoryReader) throws(HistoryError) -> Value
    ) async throws(WebRefusal) -> Value {
        switch await read(body) {
        case .success(let value): return value
        case .failure(let error): throw WebRefusal(.unavailable, "the history cannot be read: \(error)")
        }
    }

    /// Carries out what somebody who was let in asks for.
    func obey(
        _ kind: HealingCommand.Kind,
        _ call: Call
    ) async throws(WebRefusal) -> CommandReply {
        let reply = await command(HealingCommand(kind, by: call.principal.name, reason: try call.reason))
        if case .rejected(let sentence) = reply { throw WebRefusal(.conflict, sentence) }
        return reply
    }
}

extension Call {
    /// The way by which a word came, for the record.
    var way: String { principal.proof == .socket ? "command line" : "page" }

    private static let reasonBytesMax = 1_000

    /// Why somebody does something, in their own words.
    var reason: String {
        get throws(WebRefusal) {
            let reason = value("reason") ?? ""
            guard reason.utf8.count <= Self.reasonBytesMax else {
                throw .badParameter("reason", "a reason has at most \(Self.reasonBytesMax) bytes")
            }
            return reason
        }
    }

    /// How many elements an answer holds.
    func pageLimit(standard: Int = 100, most: Int = 1_000) throws(WebRefusal) -> Int {
        guard let limit = try limit() else { return standard }
        guard limit <= most else { throw .badParameter("limit", "limit must not exceed \(most)") }
        return limit
    }

    /// Where the last page ended.
    func cursor() throws(WebRefusal) -> HistoryCursor? {
        guard let text = value("after") else { return nil }
        guard let cursor = HistoryCursor(text) else {
            throw .badParameter("after", "\(Labels.quoted(text)) is not what a former answer gave as 'next'")
        }
        return cursor
    }

    /// A moment, or how long ago: `1h`.
    func moment(_ name: String) throws(WebRefusal) -> Timestamp? {
        guard let text = value(name) else { return nil }
        if Double(text) == nil, let span = try? Milliseconds(promQL: text) { return Timestamp.now - span }
        return try time(name)
    }

    func historyFilter() throws(WebRefusal) -> HistoryFilter {
        HistoryFilter(
            since: try moment("since"),
            until: try moment("until"),
            alert: value("alert"),
            fingerprint: value("fingerprint"),
            playbook: value("playbook"),
            unit: value("unit"),
            run: value("run"),
            text: value("text")
        )
    }

    /// The parameters whose names begin so, as labels: `label.instance=a`.
    func pairs(_ prefix: String) throws(WebRefusal) -> [Label] {
        var pairs: [Label] = []
        for parameter in parameters where parameter.name.hasPrefix(prefix) {
            let name = String(parameter.name.dropFirst(prefix.count))
            guard !name.isEmpty else { throw .badParameter(parameter.name, "a name is missing behind the dot") }
            guard !pairs.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                throw .badParameter(parameter.name, "it is given twice")
            }
            pairs.append(Label(name, parameter.value))
        }
        return pairs
    }
}

extension HTTPServer.Reply {
    static func success(_ tree: JSONValue) -> HTTPServer.Reply { .success { $0.value(tree) } }

    /// What came of a command, in a sentence.
    static func said(_ reply: CommandReply) -> HTTPServer.Reply {
        switch reply {
        case .done(let sentence), .rejected(let sentence): .success(.tree { $0.add("message", text: sentence) })
        case .opened(let run):
            .success(
                .tree { tree in
                    tree.add("run", text: run)
                    tree.add("message", text: "run \(run) is open")
                }
            )
        case .wouldRun: .success(.tree { $0.add("message", text: "nothing was done") })
        }
    }
}
