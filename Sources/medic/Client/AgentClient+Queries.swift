import Answers
import JSON
import Metrics
import PromQL

/// What a query came to, elsewhere.
struct RemoteResult {
    let value: QueryValue
    let warnings: [String]
    let infos: [String]
    /// The body as it came.
    let body: [UInt8]
}

extension AgentClient {
    /// The parameters that ask for it: at this moment by whoever is asked, where none is given.
    func ask(_ text: String, _ span: QueryRequest.Span?, timeout: Milliseconds? = nil) throws(AgentFailure) -> Answer {
        var parameters = [("query", text)] + self.parameters
        if let timeout { parameters.append(("timeout", timeout.promQLText)) }
        let patience = Duration.milliseconds((timeout ?? .minutes(2)).rawValue) + .seconds(30)
        switch span {
        case nil: break
        case .instant(let time): parameters.append(("time", time.decimalSeconds))
        case .range(let start, let end, let step):
            parameters += [
                ("start", start.decimalSeconds), ("end", end.decimalSeconds),
                ("step", Timestamp(milliseconds: step.rawValue).decimalSeconds),
            ]
            return try send("POST", "/api/v1/query_range", parameters, timeout: patience)
        }
        return try send("POST", "/api/v1/query", parameters, timeout: patience)
    }

    func query(
        _ text: String,
        _ span: QueryRequest.Span? = nil,
        timeout: Milliseconds? = nil
    ) throws(AgentFailure) -> RemoteResult {
        let answer = try ask(text, span, timeout: timeout)
        let data = try data(of: answer)
        guard let value = QueryValue(answer: data) else {
            throw .notUnderstood("\(address) answers the query with something that is no result")
        }
        func remarks(_ name: String) -> [String] {
            let tree = try? JSONValue(parsing: answer.body, repeatedNames: .lastCounts)
            return (tree?[name]?.array ?? []).compactMap(\.string)
        }
        // Most answers have none, and a long one is not worth reading twice for nothing.
        let isLong = answer.body.count > 4 << 20
        return RemoteResult(
            value: value,
            warnings: isLong ? [] : remarks("warnings"),
            infos: isLong ? [] : remarks("infos"),
            body: answer.body
        )
    }

    /// The elements of an answer that is a vector.
    func vector(_ text: String) throws(AgentFailure) -> [VectorElement] {
        if case .vector(let elements) = try query(text).value { return elements }
        return []
    }
}
