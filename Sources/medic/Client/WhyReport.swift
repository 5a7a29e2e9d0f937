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
        for var condition in Self.conditions(of: rule.query) {
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
        let told = try client.offered("/medic/v1/history", [("alert", rule.name), ("limit", "8")])
        history = told.map { $0["records"]?.array ?? [] }
    }

    /// Whether a series can become an alert with these labels: labels that the rule sets or that it lacks decide nothing.
    private static func concerns(_ labels: Labels, _ rule: RuleTold, _ matchers: [LabelMatcher]) -> Bool {
        matchers.allSatisfy { matcher in
            guard let value = rule.labels[matcher.name] ?? labels[matcher.name] else { return true }
            return matcher.matches(value)
        }
    }

    // MARK: Taking the expression apart

    // An expression with more is read better as it stands.
    private static let conditionsMax = 6

    /// The comparisons with a number that an expression consists of, joined by `and`, `or` and `unless`.
    static func conditions(of text: String) -> [Condition] {
        guard let expression = try? parse(text) else { return [] }
        var found: [Condition] = []
        collect(expression, text, &found, depth: 0)
        return Array(found.prefix(conditionsMax))
    }

    private static func collect(_ expression: Expression, _ text: String, _ found: inout [Condition], depth: Int) {
        // As deep as the parser goes; nobody writes more by hand.
        guard depth < 100 else { return }
        switch expression {
        case .parentheses(let inner): collect(inner.expression, text, &found, depth: depth + 1)
        case .binary(let binary) where binary.operation.isSetOperator:
            collect(binary.left, text, &found, depth: depth + 1)
            collect(binary.right, text, &found, depth: depth + 1)
        case .binary(let binary) where binary.operation.isComparison && !binary.returnsBool:
            let (left, right) = (number(binary.left), number(binary.right))
            // The number may stand on either side; told is what is compared with it.
            let isTurned = left != nil && right == nil
            let subject = isTurned ? binary.right : binary.left
            guard subject.type == .vector else { return }
            found.append(
                Condition(
                    text: expression.description,
                    subject: subject.description,
                    operation: isTurned ? turned(binary.operation) : binary.operation.rawValue,
                    threshold: isTurned ? left : right
                )
            )
        default: break
        }
    }

    private static func number(_ expression: Expression) -> Double? {
        switch expression {
        case .number(let literal): return literal.value
        case .parentheses(let inner): return number(inner.expression)
        case .unary(let unary): return number(unary.expression).map { unary.isNegation ? -$0 : $0 }
        case .binary(let binary):
            // 90 * 60, 1024 ^ 3: numbers as people write them.
            guard let left = number(binary.left), let right = number(binary.right) else { return nil }
            switch binary.operation {
            case .add: return left + right
            case .subtract: return left - right
            case .multiply: return left * right
            case .divide: return left / right
            default: return nil
            }
        default: return nil
        }
    }

    private static func turned(_ operation: BinaryOperator) -> String {
        switch operation {
        case .less: ">"
        case .lessOrEqual: ">="
        case .greater: "<"
        case .greaterOrEqual: "<="
        default: operation.rawValue
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
            if let history { writer.member("history") { $0.value(.array(history)) } }
        }
    }
}
