public import Metrics
public import Playbooks
import PromQL
public import Rules
public import Storage
import YAML

/// Rules and playbooks over samples of the past: which alerts would have fired, and what would have been done about them.
///
/// The samples are what they are: no deed changes them. Deeds are taken to succeed, and whether a run would have been said to heal is
/// what the samples say of the time after it.
public struct Backtest {
    /// A rule file and the path under which it is known.
    public struct Rules: Sendable {
        public let path: String
        public let file: RuleFile

        public init(path: String, file: RuleFile) {
            self.path = path
            self.file = file
        }
    }

    /// An alert that began to fire, or was over.
    public struct Change: Sendable {
        public let at: Timestamp
        public let isFiring: Bool
        public let labels: Labels
        public let value: Double
    }

    /// What would have been run.
    public struct PastRun: Sendable {
        public let opened: Timestamp
        public let ended: Timestamp?
        public let playbook: String
        public let subject: Labels
        /// How it stood at last.
        public let state: String
        public let reason: String
        /// The sentences of the steps that were begun.
        public let steps: [String]
    }

    public struct Report: Sendable {
        public internal(set) var changes: [Change] = []
        public internal(set) var runs: [PastRun] = []
        /// How often groups were evaluated.
        public internal(set) var evaluations = 0
        /// Rules that failed, each with why, once.
        public internal(set) var problems: [String] = []
        /// It was cut short: there was more to evaluate than can be waited for.
        public internal(set) var isCut = false
    }

    /// Two years of a hundred groups each minute are more than anybody waits for.
    public static let evaluationsMax = 20_000_000

    private let groups: [GroupEvaluator]
    private var world: HealingWorld
    private var report = Report()

    /// `interval` is how often groups are evaluated that do not say so.
    public init(
        _ rules: [Rules],
        _ playbooks: PlaybookLibrary,
        catalogue: ActionCatalogue,
        over store: SampleStore,
        from start: Timestamp,
        interval: Milliseconds
    ) throws(StorageRefusal) {
        let engine = Engine(store: store, options: QueryOptions())
        let context = RuleContext(defaultInterval: interval)
        var groups: [GroupEvaluator] = []
        for file in rules {
            for group in file.file.groups {
                groups.append(
                    try GroupEvaluator(group, file: file.path, context: context, engine: engine, store: store)
                )
            }
        }
        self.groups = groups
        world = HealingWorld(
            .usual,
            PlaybookRenderer(library: playbooks, catalogue: catalogue).prepared(),
            engine: engine,
            groups: groups,
            start: start
        )
    }

    /// Goes through the time until `end`, and says to `progress` what part of it is behind.
    public mutating func run(
        until end: Timestamp,
        progress: (Double) -> Void = { _ in }
    ) throws(StorageRefusal) -> Report {
        var feed: InputFeed?
        var due = groups.map { _ in Milliseconds.zero }
        let length = end - world.start
        while let next = due.min(), next <= length {
            progress(Double(next.rawValue) / Double(max(1, length.rawValue)))
            guard report.evaluations < Self.evaluationsMax, try world.pass(to: next, feeding: &feed) else {
                report.isCut = true
                break
            }
            for place in groups.indices where due[place] == next {
                evaluate(groups[place], at: world.start + next)
                due[place] = next + groups[place].interval
            }
        }
        report.runs = world.chronicle.runs.map { PastRun($0, begun: world.chronicle.attempts[$0.id]?.count ?? 0) }
        return report
    }

    private mutating func evaluate(_ group: GroupEvaluator, at now: Timestamp) {
        let found = group.evaluate(at: now)
        report.evaluations += 1
        for evaluation in found.rules {
            if let problem = evaluation.problem {
                let text = "rule \(group.group.rules[evaluation.rule].name.value): \(problem)"
                if !report.problems.contains(text) { report.problems.append(text) }
            }
            for transition in evaluation.transitions {
                guard transition.change == .fired || transition.change == .resolved else { continue }
                report.changes.append(
                    Change(
                        at: transition.at,
                        isFiring: transition.change == .fired,
                        labels: transition.alert.labels,
                        value: transition.alert.value
                    )
                )
            }
        }
        world.heard(found, of: group)
    }
}

extension Backtest.PastRun {
    fileprivate init(_ run: Run, begun: Int) {
        opened = run.openedAt.wall
        ended = run.progress.endedAt?.wall
        playbook = run.playbook
        subject = run.subject
        state = run.progress.phase.name
        reason = run.progress.reason
        let done = run.steps.filter { $0.attempt > 0 }.map { run.plan.steps[$0.step].sentence }
        // In observe mode nothing was begun, and the steps say what they would have done.
        steps = begun > 0 ? done : run.steps.compactMap(\.skipped)
    }
}

extension PlaybookStage {
    /// A world of which nothing is known: units run, deeds succeed, nobody says anything.
    static let usual = PlaybookStage(
        units: [],
        hostUptime: usualUptime,
        medicUptime: usualUptime,
        intervals: [],
        deeds: [],
        words: [],
        restarts: [],
        expectations: []
    )
}
