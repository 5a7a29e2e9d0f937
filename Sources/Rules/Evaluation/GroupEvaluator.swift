public import Metrics
public import PromQL
public import Storage
import YAML

/// A group of rules at work. Each evaluation runs the rules in order, each seeing what the former ones have stored.
///
/// Used by one thread at a time; groups know nothing of each other and may run side by side.
public final class GroupEvaluator {
    public let group: RuleGroup
    /// Names the group among all: its file and its name.
    public let key: String
    public let interval: Milliseconds
    public let queryOffset: Milliseconds
    /// The time of the last evaluation; nil before the first.
    public private(set) var lastEvaluation: Timestamp?
    private let rules: [any RuleEvaluating]
    private let store: SampleStore
    private let lookback: Milliseconds
    private let outageTolerance: Milliseconds

    /// Prepares every expression and template of the group. `file` is the path under which the group is known.
    public init(
        _ group: RuleGroup,
        file: String,
        context: RuleContext,
        engine: Engine,
        store: SampleStore
    ) throws(StorageRefusal) {
        self.group = group
        key = Self.key(of: group, file: file)
        interval = group.interval ?? context.defaultInterval
        queryOffset = group.queryOffset ?? context.defaultQueryOffset
        var rules: [any RuleEvaluating] = []
        for (place, rule) in group.rules.enumerated() {
            let output = try SeriesOutput(named: "rule;\(key);\(place)", in: store, every: interval)
            rules.append(Self.evaluator(for: rule, in: group, context: context, engine: engine, output: output))
        }
        self.rules = rules
        self.store = store
        lookback = engine.options.lookback
        outageTolerance = context.outageTolerance
    }

    /// Names a group among all.
    public static func key(of group: RuleGroup, file: String) -> String {
        "\(file);\(group.name.value)"
    }

    /// When the group's evaluations are due.
    public var schedule: GroupSchedule { GroupSchedule(interval: interval, key: key) }

    /// Evaluates every rule for the moment. A rule that fails is told of and does not stop the others.
    public func evaluate(at now: Timestamp) -> GroupEvaluation {
        lastEvaluation = now
        let terms = EvaluationTerms(now: now, queryTime: now - queryOffset, limit: group.limit)
        let results = rules.enumerated().map { place, rule in rule.evaluate(rule: place, terms: terms) }
        return GroupEvaluation(at: now, rules: results)
    }

    /// Ends every series that the rules have written: the group is gone.
    public func close(at time: Timestamp) {
        for rule in rules {
            rule.close(at: time)
        }
    }

    /// The alerts of a rule, by its place in the group; empty for a recording rule.
    public func alerts(ofRule place: Int) -> [Alert] {
        guard rules.indices.contains(place) else { return [] }
        return (rules[place] as? AlertingEvaluator)?.book.alerts ?? []
    }

    /// The alert of a rule that has these labels.
    public func alert(_ labels: Labels, ofRule place: Int) -> Alert? {
        guard rules.indices.contains(place) else { return nil }
        return (rules[place] as? AlertingEvaluator)?.book[labels]
    }

    /// What an alert of a rule rests on now. Looks at every series that the rule selects: for alerts that something will be
    /// done about, not for each evaluation.
    public func evidence(for alert: Alert, ofRule place: Int) -> Evidence? {
        guard group.rules.indices.contains(place) else { return nil }
        return Evidence(
            for: alert.source,
            of: group.rules[place].expression.tree,
            in: store,
            lookback: lookback
        )
    }

    /// Notes that somebody looks after an alert. Answers whether the group has such an active alert.
    public func acknowledge(_ labels: Labels, _ acknowledgement: Acknowledgement) -> Bool {
        for case let rule as AlertingEvaluator in rules where rule.book.acknowledge(labels, acknowledgement) {
            return true
        }
        return false
    }

    private static func evaluator(
        for rule: Rule,
        in group: RuleGroup,
        context: RuleContext,
        engine: Engine,
        output: SeriesOutput
    ) -> any RuleEvaluating {
        let query = engine.prepare(rule.expression.tree, text: rule.expression.text.text)
        let labels = merged(group.labels, rule.labels)
        switch rule.kind {
        case .recording(let name):
            return RecordingEvaluator(
                name: name.value,
                labels: labels.map { Label($0.name.value, $0.text.text) },
                query: query,
                output: output
            )
        case .alerting(let alerting):
            let clearQuery = alerting.clearWhen.map { engine.prepare($0.tree, text: $0.text.text) }
            return AlertingEvaluator(
                rule: alerting,
                query: query,
                clearQuery: clearQuery,
                texts: AlertTexts(rule: alerting, labels: labels, context: context, engine: engine),
                output: output
            )
        }
    }

    /// The labels of the group under those of the rule.
    private static func merged(_ outer: [LabelTemplate], _ inner: [LabelTemplate]) -> [LabelTemplate] {
        outer.filter { label in !inner.contains { $0.name.value.utf8.elementsEqual(label.name.value.utf8) } } + inner
    }
}

extension GroupEvaluator {
    /// What must survive a restart: the alerts of each alerting rule and when they were last looked at.
    public var saved: SavedGroup {
        SavedGroup(
            key: key,
            evaluatedAt: lastEvaluation,
            rules: names.map { place, name in SavedGroup.Rule(name: name, alerts: alerts(ofRule: place)) }
        )
    }

    /// Takes up where a former process ended. Rules are found again by name and, among rules of the same name, by order.
    public func restore(_ saved: SavedGroup, now: Timestamp) {
        guard let evaluatedAt = saved.evaluatedAt else { return }
        let downtime = Milliseconds(Swift.max(0, (now - evaluatedAt).rawValue))
        lastEvaluation = evaluatedAt
        var remaining = saved.rules
        for (place, name) in names {
            guard let match = remaining.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { continue }
            let alerts = remaining.remove(at: match).alerts
            (rules[place] as? AlertingEvaluator)?.book.restore(alerts, downtime: downtime, tolerance: outageTolerance)
        }
    }

    private var names: [(place: Int, name: String)] {
        rules.enumerated().compactMap { place, rule in
            (rule as? AlertingEvaluator).map { (place, $0.name) }
        }
    }
}
