import HTTPClient
import JSON
import Metrics

/// A silence, as the agent tells of it.
struct SilenceReport {
    let tree: JSONValue

    var id: String { tree["id"]?.string ?? "" }
    var state: String { tree["status"]?["state"]?.string ?? "" }
    var endsAt: Timestamp? { tree["endsAt"]?.string.flatMap { Timestamp(rfc3339: $0) } }
    var createdBy: String { tree["createdBy"]?.string ?? "" }
    var comment: String { tree["comment"]?.string ?? "" }
    var endsWithAlerts: Bool { tree["endsWithAlerts"]?.boolean ?? false }

    /// As Alertmanager's tools show them: `job="api" instance=~"a.*"`.
    var matchers: String {
        (tree["matchers"]?.array ?? []).map { matcher in
            let isRegex = matcher["isRegex"]?.boolean ?? false
            let operation = (matcher["isEqual"]?.boolean ?? true) ? (isRegex ? "=~" : "=") : (isRegex ? "!~" : "!=")
            return "\(matcher["name"]?.string ?? "")\(operation)\(Labels.quoted(matcher["value"]?.string ?? ""))"
        }
        .joined(separator: " ")
    }
}

// What Alertmanager's API is asked for, which words its mistakes in a way of its own.
extension AgentClient {
    func silences(_ matchers: [LabelMatcher]) throws(AgentFailure) -> [SilenceReport] {
        let answer = try send("GET", "/api/v2/silences", matchers.map { ("filter", $0.description) })
        return (try told(answer).array ?? []).map { SilenceReport(tree: $0) }
    }

    /// Makes a silence; answers with its id.
    func addSilence(_ body: JSONValue) throws(AgentFailure) -> String {
        let answer = try told(sendJSON("POST", "/api/v2/silences", body))
        guard let id = answer["silenceID"]?.string else { throw .notUnderstood("\(address) names no silence") }
        return id
    }

    func expireSilence(_ id: String) throws(AgentFailure) {
        let answer = try sendJSON("DELETE", "/api/v2/silence/\(id)", nil)
        if answer.status == 404 { throw .refused(status: 404, message: "there is no silence \(id)") }
        _ = try told(answer)
    }

    /// The fingerprints and labels of alerts that are told, whoever has raised them.
    func toldAlerts(_ matchers: [LabelMatcher]) throws(AgentFailure) -> [(fingerprint: String, labels: Labels)] {
        let answer = try send("GET", "/api/v2/alerts", matchers.map { ("filter", $0.description) })
        return (try told(answer).array ?? []).map { alert in
            let pairs = alert["labels"]?.object?.members ?? []
            return (
                fingerprint: alert["fingerprint"]?.string ?? "",
                labels: Labels(pairs.map { Label($0.name, $0.value.string ?? "") })
            )
        }
    }

    private func told(_ answer: Answer) throws(AgentFailure) -> JSONValue {
        let tree = answer.body.isEmpty ? .null : try? JSONValue(parsing: answer.body, repeatedNames: .lastCounts)
        guard 200..<300 ~= answer.status else {
            let message = tree?.string ?? tree?["message"]?.string ?? tree?["error"]?.string
            throw .refused(status: answer.status, message: message ?? "\(address) answers \(answer.status)")
        }
        guard let tree else { throw .notUnderstood("\(address) is neither an agent nor an Alertmanager") }
        return tree
    }
}
