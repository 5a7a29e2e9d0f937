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
    /// Whether a datasource answers the expressions.
    private let isAnsweredElsewhere: Bool
    /// When the datasource last answered each rule, by the rule's place.
    private var answered: [Int: Timestamp] = [:]
    private let store: SampleStore
    private let lookback: Milliseconds
    private let outageTolerance: Milliseconds

    /// Prepares every expression and template of the group. `file` is the path under which the group is known. Where the group is answered
    /// elsewhere, each evaluation needs the answers to its `questions`.
    public init(
        _ group: RuleGroup,
        file: String,
        context: RuleContext,
        engine: Engine,
        store: SampleStore,
        isAnsweredElsewhere: Bool = false
    ) throws(StorageRefusal) {
        self.group = group
        self.isAnsweredElsewhere = isAnsweredElsewhere
        key = Self.key(of: group, file: file)
        interval = group.interval ?? context.defaultInterval
        queryOffset = group.queryOffset ?? context.defaultQueryOffset
        var rules: [any RuleEvaluating] = []
        for (place, rule) in group.rules.enumerated() {
            let output = try SeriesOutput(named: "rule;\(key);\(place)", in: store, every: interval)
            let query: (RuleExpression) -> RuleQuery = { expression in
                isAnsweredElsewhere
                    ? .elsewhere(expression.text.text)
                    : .here(engine.prepare(expression.tree, text: expression.text.text))
            }
            let texts: (AlertingRule, [LabelTemplate]) -> AlertTexts = { rule, labels in
                AlertTexts(rule: rule, labels: labels, context: context, engine: engine)
            }
            rules.append(Self.evaluator(for: rule, in: group, query: query, texts: texts, output: output))
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

    /// Evaluates every rule for the moment. A rule that fails is told of and does not stop the others. `answers` are those to the
    /// `questions` where the group is answered elsewhere.
    public func evaluate(at now: Timestamp, answers: ForeignAnswers = ForeignAnswers()) -> GroupEvaluation {
        lastEvaluation = now
        let terms = EvaluationTerms(now: now, queryTime: queryTime(for: now), limit: group.limit, answers: answers)
        let results = rules.enumerated().map { place, rule in rule.evaluate(rule: place, terms: terms) }
        if isAnsweredElsewhere {
            for result in results where result.problem == nil { answered[result.rule] = now }
        }
        return GroupEvaluation(at: now, rules: results)
    }

    /// The moment whose samples an evaluation reads.
    public func queryTime(for now: Timestamp) -> Timestamp { now - queryOffset }

    /// What must be asked of the datasource for the next evaluation, each expression once; nothing where the store answers.
    public var questions: [String] {
        guard isAnsweredElsewhere else { return [] }
        var texts: [String] = []
        for (rule, evaluator) in zip(group.rules, rules) {
            texts.append(rule.expression.text.text)
            if case .alerting(let alerting) = rule.kind, let clearWhen = alerting.clearWhen,
                (evaluator as? AlertingEvaluator)?.book.hasFiring == true
            {
                texts.append(clearWhen.text.text)
            }
        }
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
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
        if isAnsweredElsewhere { return Evidence(answeredElsewhere: answered[place], every: interval) }
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
        query: (RuleExpression) -> RuleQuery,
        texts: (AlertingRule, [LabelTemplate]) -> AlertTexts,
        output: SeriesOutput
    ) -> any RuleEvaluating {
        let labels = merged(group.labels, rule.labels)
        switch rule.kind {
        case .recording(let name):
            return RecordingEvaluator(
                name: name.value,
                labels: labels.map { Label($0.name.value, $0.text.text) },
                query: query(rule.expression),
                output: output
            )
        case .alerting(let alerting):
            return AlertingEvaluator(
                rule: alerting,
                query: query(rule.expression),
                clearQuery: alerting.clearWhen.map(query),
                texts: texts(alerting, labels),
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
