import Diagnostics
import Metrics
import PromQL
import Rules
import YAML

extension RuleTestWorld {
    // More readings than this say no more.
    private static let readingsMax = 3

    /// How near an expected alert comes to firing, judged by the alert or sample that is most like it.
    func nearMiss(for expected: ToldAlert, named name: String, firing: [FiringAlert], at elapsed: Milliseconds)
        -> NearMiss
    {
        let rules = alertingRules(named: name)
        guard let first = rules.first else {
            let names = alertingRules().map { group, rule in group.group.rules[rule].name.value }
            return .noSuchRule(suggestion: Diagnostics.nearest(name, in: names))
        }
        if firing.contains(where: { $0.told == expected }) { return .repeated }
        let now = test.start + elapsed
        if let waiting = mostLike(expected, among: rules) { return self.waiting(waiting.alert, waiting.hold, at: now) }
        let reading = reading(of: first.group.group.rules[first.rule], in: first.group, for: expected, at: now)
        if case .silent = reading, !firing.isEmpty { return .othersFire }
        return reading
    }

    private func waiting(_ alert: Alert, _ hold: Milliseconds, at now: Timestamp) -> NearMiss {
        if case .resolved(_, _, let at) = alert.state {
            return .resolved(labels: LabelList(alert.labels), at: at - test.start)
        }
        return .pending(
            labels: LabelList(alert.labels),
            since: alert.activeSince - test.start,
            passed: now - alert.activeSince,
            hold: hold,
            value: alert.value
        )
    }

    /// The alert that is pending or over and shares the most labels with the expected one; pending comes first.
    private func mostLike(
        _ expected: ToldAlert,
        among rules: [(group: GroupEvaluator, rule: Int)]
    ) -> (alert: Alert, hold: Milliseconds)? {
        var best: (alert: Alert, hold: Milliseconds, score: Int)?
        for (group, rule) in rules {
            guard case .alerting(let terms) = group.group.rules[rule].kind else { continue }
            for alert in group.alerts(ofRule: rule) where alert.phase != .firing {
                let labels = LabelList(alert.labels)
                let common = expected.labels.common(with: labels).labels.count
                // Only the name in common, though there would be more: another alert.
                guard common > 1 || expected.labels.labels.count == 1 || labels.labels.count == 1 else { continue }
                let score = 2 * common + (alert.phase == .pending ? 1 : 0)
                if score > best?.score ?? 0 { best = (alert, terms.hold?.value ?? .zero, score) }
            }
        }
        return best.map { ($0.alert, $0.hold) }
    }

    /// What the vector in the rule's comparison is, for series like the expected alert.
    private func reading(
        of rule: Rule,
        in group: GroupEvaluator,
        for expected: ToldAlert,
        at now: Timestamp
    ) -> NearMiss {
        let whole = rule.expression.text.text
        guard let comparison = rule.expression.tree.leadingComparison else { return .silent(text: whole) }
        let isLeft = comparison.left.type == .vector
        let side = isLeft ? comparison.left : comparison.right
        let text = whole.bytes(side.range)
        let query = engine.prepare(side, text: whole)
        guard let result = try? query.instant(at: now - group.queryOffset), case .vector(let elements) = result.value
        else { return .silent(text: text) }
        let own = Set(rule.labels.map(\.name.value))
        let alike = elements.filter { Self.couldBecome(expected, $0.labels, setByRule: own) }
        guard !alike.isEmpty else { return .silent(text: text) }
        let operation = isLeft ? comparison.operation : comparison.operation.mirrored
        let other = isLeft ? comparison.right : comparison.left
        return .compared(
            text: text,
            wanted: "\(operation.rawValue) \(whole.bytes(other.range))",
            readings: alike.prefix(Self.readingsMax).map { ToldSample(labels: $0.labels, value: $0.value.number) }
        )
    }

    /// Whether no label of the sample speaks against its being the expected alert.
    private static func couldBecome(_ expected: ToldAlert, _ labels: Labels, setByRule own: Set<String>) -> Bool {
        labels.allSatisfy { label in
            if own.contains(label.name) { return true }
            return expected.labels[label.name].map { $0.utf8.elementsEqual(label.value.utf8) } ?? true
        }
    }
}

extension Expression {
    /// The comparison that decides whether there is a result: the outermost, on the left of `and`, `or` and `unless`.
    fileprivate var leadingComparison: BinaryOperation? {
        var expression = self
        while true {
            switch expression {
            case .parentheses(let node): expression = node.expression
            case .binary(let node) where node.operation.isComparison:
                let hasVector = node.left.type == .vector || node.right.type == .vector
                return hasVector && !node.returnsBool ? node : nil
            case .binary(let node) where node.operation.isSetOperator: expression = node.left
            default: return nil
            }
        }
    }
}

extension BinaryOperator {
    /// The comparison with its sides exchanged.
    fileprivate var mirrored: BinaryOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}

extension String {
    /// The text of a range of bytes, on one line.
    fileprivate func bytes(_ range: Range<Int>) -> String {
        let part = utf8.dropFirst(range.lowerBound).prefix(range.count)
        return String(decoding: part, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
