import Diagnostics
import Metrics
import PromQL
import Rules
import Storage
import YAML

/// A group of a rule file under test.
struct RuleGroupUnderTest {
    let file: String
    let group: RuleGroup
}

/// A rule among those under test.
struct RuleKey: Hashable {
    let file: String
    let group: String
    let rule: Int
}

/// What one test runs in: a store of its own, the rules under test, and a time that goes on as fast as it can.
struct RuleTestWorld {
    /// A test is refused rather than run for hours: two years of evaluations every ten seconds.
    static let evaluationsMax = 6_400_000

    let test: RuleTest
    let file: RuleTestFile
    let engine: Engine
    let groups: [GroupEvaluator]
    private let keys: [RuleGroupUnderTest]
    private var feed: InputFeed?
    private var healing: HealingWorld?
    private(set) var failures: [RuleTestFailure] = []
    /// The alerting rules that fired at some time.
    private(set) var fired: Set<RuleKey> = []

    init(
        _ test: RuleTest,
        in file: RuleTestFile,
        groups: [RuleGroupUnderTest],
        playbooks: PlaybooksUnderTest
    ) throws(StorageRefusal) {
        self.test = test
        self.file = file
        keys = groups
        let store = SampleStore()
        engine = Engine(store: store, options: QueryOptions(defaultSubqueryStep: file.evaluationInterval))
        feed = try InputFeed(test, into: store)
        let context = RuleContext(
            defaultInterval: test.interval,
            externalLabels: test.externalLabels,
            externalURL: test.externalURL
        )
        var evaluators: [GroupEvaluator] = []
        for group in groups {
            evaluators.append(
                try GroupEvaluator(group.group, file: group.file, context: context, engine: engine, store: store)
            )
        }
        self.groups = evaluators
        guard !test.playbooks.isEmpty else { return }
        healing = HealingWorld(
            test.playbooks,
            playbooks.prepared(for: test),
            engine: engine,
            groups: evaluators,
            start: test.start
        )
    }

    mutating func run() {
        let interval = file.evaluationInterval.rawValue
        let wishes = test.playbooks.expectations
        let last =
            (test.alerts.map(\.time) + test.expressions.map(\.time) + wishes.map(\.time)).max() ?? .zero
        guard last.rawValue / interval < Int64(Self.evaluationsMax) else {
            failures.append(RuleTestFailure(fact: .tooManyEvaluations(limit: Self.evaluationsMax), place: nil))
            return
        }
        // What is asked between two evaluations is answered as of the earlier one.
        var due = test.alerts.sorted { $0.time < $1.time }[...]
        var wished = wishes.sorted { $0.time < $1.time }[...]
        for step in 0...last.rawValue / interval {
            let elapsed = Milliseconds(step * interval)
            guard heal(until: elapsed), evaluate(at: elapsed) else { return }
            while let expectation = wished.first, expectation.time.rawValue / interval == step {
                wished.removeFirst()
                guard heal(until: expectation.time) else { return }
                judge(expectation)
            }
            while let expectation = due.first, expectation.time.rawValue / interval == step {
                due.removeFirst()
                judge(expectation, evaluatedAt: elapsed)
            }
        }
        for expectation in test.expressions {
            judge(expectation)
        }
    }

    /// Whether every rule could be evaluated.
    private mutating func evaluate(at elapsed: Milliseconds) -> Bool {
        let now = test.start + elapsed
        do throws(StorageRefusal) {
            try feed?.feed(through: now)
        } catch {
            failures.append(RuleTestFailure(fact: .storage(reason: "\(error)"), place: nil))
            return false
        }
        var isSound = true
        for (group, key) in zip(groups, keys) {
            let found = group.evaluate(at: now)
            healing?.heard(found, of: group)
            for evaluation in found.rules {
                if let problem = evaluation.problem {
                    isSound = false
                    tell(problem, of: group.group.rules[evaluation.rule].name.value, in: group, at: elapsed)
                }
                if evaluation.transitions.contains(where: { $0.change == .fired }) {
                    fired.insert(RuleKey(file: key.file, group: key.group.name.value, rule: evaluation.rule))
                }
            }
        }
        return isSound
    }

    /// Lets runs go on until then; whether they could.
    private mutating func heal(until elapsed: Milliseconds) -> Bool {
        do throws(StorageRefusal) {
            if try healing?.pass(to: elapsed, feeding: &feed) ?? true { return true }
            failures.append(RuleTestFailure(fact: .restless, place: nil))
        } catch {
            failures.append(RuleTestFailure(fact: .storage(reason: "\(error)"), place: nil))
        }
        return false
    }

    private mutating func judge(_ expectation: PlaybookExpectation) {
        guard let healing, let mismatch = PlaybookMismatch(expectation, in: healing) else { return }
        fail(.playbook(expectation, mismatch), at: expectation.range)
    }

    private mutating func tell(
        _ problem: RuleProblem,
        of rule: String,
        in group: GroupEvaluator,
        at elapsed: Milliseconds
    ) {
        let fact = RuleTestFailure.Fact.rule(
            name: rule,
            group: group.group.name.value,
            time: elapsed,
            reason: "\(problem)"
        )
        failures.append(RuleTestFailure(fact: fact, place: nil))
    }

    private mutating func judge(_ expectation: AlertExpectation, evaluatedAt elapsed: Milliseconds) {
        guard refuseMalformed(expectation.problems, at: expectation.range) else { return }
        let firing = firing(named: expectation.name)
        let mismatch = AlertMismatch(expected: expectation.alerts, got: firing) { expected in
            nearMiss(for: expected, named: expectation.name, firing: firing, at: elapsed)
        }
        guard let mismatch else { return }
        fail(.alerts(expectation, mismatch, evaluatedAt: elapsed), at: expectation.range)
    }

    private mutating func judge(_ expectation: ExpressionExpectation) {
        guard refuseMalformed(expectation.problems, at: expectation.range), let tree = expectation.tree else { return }
        let got: [ToldSample]
        do throws(QueryError) {
            let query = engine.prepare(tree, text: expectation.text.text)
            switch try query.instant(at: test.start + expectation.time).value {
            case .vector(let elements): got = elements.map { ToldSample(labels: $0.labels, value: $0.value.number) }
            case .scalar(let value): got = [ToldSample(labels: .empty, value: value)]
            case .matrix, .string:
                return fail(
                    .query(expectation, reason: "the expression yields neither a vector nor a scalar"),
                    at: expectation.text.range
                )
            }
        } catch {
            return fail(.query(expectation, reason: "\(error)"), at: expectation.text.range)
        }
        let mismatch = SampleMismatch(expected: expectation.samples, got: got, isFuzzy: file.isFuzzy)
        if let mismatch { fail(.samples(expectation, mismatch), at: expectation.text.range) }
    }

    private mutating func refuseMalformed(_ problems: [Diagnostic], at range: Range<Int>) -> Bool {
        if problems.isEmpty { return true }
        fail(.malformed(problems), at: range)
        return false
    }

    private mutating func fail(_ fact: RuleTestFailure.Fact, at range: Range<Int>) {
        failures.append(RuleTestFailure(fact: fact, place: file.source.place(of: range.lowerBound)))
    }

    /// The alerts of all rules of a name that fire now.
    private func firing(named name: String) -> [FiringAlert] {
        alertingRules(named: name).flatMap { group, rule in
            group.alerts(ofRule: rule).compactMap { alert -> FiringAlert? in
                guard case .firing(_, let since, _) = alert.state else { return nil }
                return FiringAlert(
                    told: ToldAlert(labels: LabelList(alert.labels), annotations: LabelList(alert.annotations)),
                    since: since - test.start,
                    value: alert.value,
                    group: group.group.name.value
                )
            }
        }
    }

    /// Every alerting rule, and those of a name.
    func alertingRules(named name: String? = nil) -> [(group: GroupEvaluator, rule: Int)] {
        groups.flatMap { group in
            group.group.rules.indices.compactMap { place in
                guard case .alerting(let rule) = group.group.rules[place].kind else { return nil }
                let isMeant = name.map { $0.utf8.elementsEqual(rule.name.value.utf8) } ?? true
                return isMeant ? (group, place) : nil
            }
        }
    }
}
