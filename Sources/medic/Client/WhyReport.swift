import Answers
import Diagnostics
import JSON
import Metrics
import PromQL

/// Why an alert fires or does not: everything that is known of one rule.
struct WhyReport {
    /// One of the conditions that an expression consists of.
    struct Condition {
        /// As it stands in the expression.
        let text: String
        /// What is compared, without the comparison.
        let subject: String
        let operation: String
        let threshold: Double?
        /// What the subject is now, series by series.
        var now: [VectorElement] = []
        /// The series for which it holds now; their number.
        var holds = 0

        init(_ condition: ThresholdCondition) {
            text = condition.text
            subject = condition.subject
            operation = condition.operation
            threshold = condition.threshold
        }
    }

    let rule: RuleTold
    let group: RuleGroupTold
    let alerts: [AlertReport]
    var conditions: [Condition] = []
    /// The subject of the first condition over time, or the expression where it compares nothing.
    var curve: [MatrixSeries] = []
    var span = QueryRequest.Span.instant(.epoch)
    /// Routes, silences, guards: nil where the agent does not tell.
    var more: JSONValue?
    /// What the record says, newest first: nil where the agent does not tell.
    var history: [JSONValue]?
    /// What became of its news: each notification queued, sent, held, muted, inhibited, silenced or dropped, and why. Newest first.
    var trail: [JSONValue]?

    init(
        _ rule: RuleTold,
        of group: RuleGroupTold,
        matching matchers: [LabelMatcher],
        since: Milliseconds?,
        now: Timestamp,
        _ client: AgentClient
    ) throws(AgentFailure) {
        self.rule = rule
        self.group = group
        alerts = rule.alerts.filter { alert in matchers.allSatisfy { $0.matches(alert.labels) } }
            .sorted(by: AlertTable.goesBefore)
        for told in ThresholdCondition.conditions(of: rule.query) {
            var condition = Condition(told)
            condition.now = try client.vector(condition.subject).filter { Self.concerns($0.labels, rule, matchers) }
            let holding = try client.vector(condition.text).filter { Self.concerns($0.labels, rule, matchers) }
            condition.holds = holding.count
            conditions.append(condition)
        }
        let length = since ?? max(.minutes(30), rule.hold + rule.hold)
        let drawn = conditions.first?.subject ?? rule.query
        span = .range(start: now - length, end: now, step: ChosenStep.of(length))
        if case .matrix(let series) = try client.query(drawn, span).value {
            curve = series.filter { Self.concerns($0.labels, rule, matchers) }
        }
        var asked = [("alert", rule.name)]
        for matcher in matchers where matcher.operation == .equal {
            asked.append(("label." + matcher.name, matcher.value))
        }
        more = try client.offered("/medic/v1/why", asked)
        history = try Self.records(of: rule.name, ["transition", "verdict", "run", "act"], limit: 8, client)
        trail = try Self.trail(of: rule.name, client)
    }

    static func trail(of alert: String, _ client: AgentClient) throws(AgentFailure) -> [JSONValue]? {
        try records(of: alert, ["notification"], limit: 12, client)
    }

    private static func records(
        of alert: String,
        _ kinds: [String],
        limit: Int,
        _ client: AgentClient
    ) throws(AgentFailure) -> [JSONValue]? {
        let asked = [("alert", alert), ("limit", "\(limit)")] + kinds.map { ("kind", $0) }
        return try client.offered("/medic/v1/history", asked).map { $0["records"]?.array ?? [] }
    }

    /// Whether a series can become an alert with these labels: labels that the rule sets or that it lacks decide nothing.
    private static func concerns(_ labels: Labels, _ rule: RuleTold, _ matchers: [LabelMatcher]) -> Bool {
        matchers.allSatisfy { matcher in
            guard let value = rule.labels[matcher.name] ?? labels[matcher.name] else { return true }
            return matcher.matches(value)
        }
    }

    static func json(_ reports: [WhyReport]) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("rules") { writer in
                writer.array { writer in for report in reports { report.write(&writer) } }
            }
        }
        return writer.text
    }

    private func write(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("alert", rule.name)
            writer.member("group", group.name)
            writer.member("file", group.file)
            writer.member("state", rule.state)
            writer.member("query", rule.query)
            writer.member("for") { $0.value(rule.hold.seconds) }
            if !rule.lastError.isEmpty { writer.member("lastError", rule.lastError) }
            writer.member("alerts") { $0.value(.array(alerts.map(\.tree))) }
            writer.member("conditions") { writer in
                writer.array { writer in
                    for condition in conditions {
                        writer.object { writer in
                            writer.member("text", condition.text)
                            writer.member("series", condition.now.count)
                            writer.member("holds", condition.holds)
                            if let threshold = condition.threshold {
                                writer.member("threshold") { $0.value(threshold) }
                            }
                        }
                    }
                }
            }
            if let more { writer.member("more") { $0.value(more) } }
            if let trail { writer.member("trail") { $0.value(.array(trail)) } }
            if let history { writer.member("history") { $0.value(.array(history)) } }
        }
    }
}
