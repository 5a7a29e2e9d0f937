import Configuration
import Diagnostics
import EventLoop
import Instruments
import Logging
import Metrics
import PromQL
import Rules
import Storage
import Synchronization
import YAML

/// Evaluates the rule groups when they are due or when their data changes, and hands what comes of it on.
///
/// Unchecked: everything happens on the core's loop, and every entry checks.
final class RuleKeeper: @unchecked Sendable {
    /// Groups that are due within the same tenth of a second are evaluated in one go, so that many groups do not mean many wake-ups.
    private static let grid = Milliseconds(100)

    /// An evaluation that is further ahead was made by a clock that has been set back since.
    private static let leadMax = Milliseconds.seconds(1)

    private let loop: EventLoop
    private let engine: Engine
    private let store: SampleStore
    private let log: Logger
    private let clock: @Sendable () -> Timestamp
    private let listeners: [any EvaluationListener]
    private let desk: DatasourceDesk
    private var timer: TimerToken?
    private var isStopped = false
    private var context: RuleContext?
    private(set) var groups: [LiveGroup] = []
    /// Whether a group waits for data. From any thread, so that data that nobody waits for does not wake the core.
    let awaitsData = Atomic<Bool>(false)
    private let evaluations: Counter
    private let failures: Counter
    private let missed: Counter
    private let durations: Histogram

    init(
        on loop: EventLoop,
        engine: Engine,
        store: SampleStore,
        log: Logger,
        instruments: Instruments,
        clock: @escaping @Sendable () -> Timestamp,
        desk: DatasourceDesk,
        listeners: [any EvaluationListener]
    ) {
        self.loop = loop
        self.desk = desk
        self.engine = engine
        self.store = store
        self.log = log
        self.clock = clock
        self.listeners = listeners
        evaluations = instruments.counter("medic_rules_evaluations_total", help: "Evaluations of rule groups.")
        failures = instruments.counter("medic_rules_failures_total", help: "Rules that could not be evaluated.")
        missed = instruments.counter(
            "medic_rules_missed_evaluations_total",
            help: "Evaluations that were due and did not happen."
        )
        durations = instruments.histogram(
            "medic_rules_evaluation_seconds",
            help: "How long a group took.",
            buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]
        )
    }

    /// Takes up these files. Groups that say the same as before go on; changed ones begin anew with the alerts they had; the series
    /// of groups that are gone end. `saved` is what a former process left behind.
    func apply(
        _ files: [RuleFile],
        context: RuleContext,
        datasources: [DatasourceSettings] = [],
        saved: [SavedGroup]
    ) throws(StorageRefusal) {
        precondition(loop.isCurrent, "rules live on the core's loop")
        let now = clock()
        let keepsGroups = self.context == context
        var former = Dictionary(groups.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let remembered = Dictionary(saved.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var fresh: [LiveGroup] = []
        for file in files {
            for group in file.groups {
                let key = GroupEvaluator.key(of: group, file: file.source.name ?? "")
                let old = former.removeValue(forKey: key)
                let datasource = group.datasource.flatMap { DatasourceSettings.named($0, among: datasources) }
                if let old, keepsGroups, old.datasource == datasource, old.isSame(as: group, in: file.source) {
                    fresh.append(old)
                    continue
                }
                old?.evaluator.close(at: now)
                let evaluator = try evaluator(for: group, of: file, context: context)
                if let state = old?.evaluator.saved ?? remembered[key] { evaluator.restore(state, now: now) }
                fresh.append(LiveGroup(evaluator, of: file, asking: datasource, now: now))
            }
        }
        for gone in former.values { gone.evaluator.close(at: now) }
        groups = fresh
        awaitsData.store(fresh.contains { $0.watch != nil }, ordering: .relaxed)
        desk.keep(fresh.compactMap(\.datasource))
        self.context = context
        schedule()
    }

    private func evaluator(
        for group: RuleGroup,
        of file: RuleFile,
        context: RuleContext
    ) throws(StorageRefusal) -> GroupEvaluator {
        try GroupEvaluator(
            group,
            file: file.source.name ?? "",
            context: context,
            engine: engine,
            store: store,
            isAnsweredElsewhere: group.datasource != nil
        )
    }

    /// Says that a timeline has grown, by a row of this time: groups that read it and say so are evaluated at once.
    func landed(_ timeline: TimelineID, at time: Timestamp) {
        precondition(loop.isCurrent, "rules live on the core's loop")
        guard !isStopped else { return }
        for group in groups {
            guard let watch = group.watch, watch.reads(timeline, in: store) else { continue }
            // Rows of things that happen within a millisecond are a little ahead of the clock.
            evaluate(group, at: Swift.max(clock(), time))
        }
    }

    /// The moment to ask about for what is so now: that of the newest evaluation where it is a little ahead of the clock.
    var present: Timestamp {
        let now = clock()
        let latest = groups.compactMap(\.lastEvaluation).max() ?? now
        return latest - now < Self.leadMax ? Swift.max(now, latest) : now
    }

    /// The clock was set: no group waits for a time that is far away now.
    func clockWasSet() {
        precondition(loop.isCurrent, "rules live on the core's loop")
        guard !isStopped else { return }
        let now = clock()
        for group in groups { group.beginAgain(now: now) }
        schedule()
    }

    /// From now on nothing is evaluated: what data does when the agent ends is no news about what it watched.
    func stop() {
        isStopped = true
        timer?.cancel()
        timer = nil
    }

    private func schedule() {
        timer?.cancel()
        guard let next = groups.map(\.due).min() else { return }
        let onGrid = Timestamp(milliseconds: (next.rawValue / Self.grid.rawValue + 1) * Self.grid.rawValue)
        let delay = Swift.max(0, (onGrid - clock()).rawValue)
        timer = loop.after(.milliseconds(delay)) { [weak self] in self?.evaluateDue() }
    }

    private func evaluateDue() {
        let now = clock()
        for group in groups where group.due <= now {
            let before = group.missed
            evaluate(group, at: group.evaluator.schedule.due(at: now))
            group.reschedule(now: now)
            missed.add(group.missed - before)
        }
        schedule()
    }

    private func evaluate(_ group: LiveGroup, at moment: Timestamp) {
        guard let datasource = group.datasource else { return tell(of: group.evaluate(at: moment), group) }
        guard !group.isAsking else {
            group.missed += 1
            return
        }
        group.isAsking = true
        let (at, began) = (group.moment(of: moment), MonotonicInstant.now)
        let asked = ObjectIdentifier(group)
        let time = group.evaluator.queryTime(for: at)
        desk.ask(group.evaluator.questions, at: time, of: datasource) { [weak self] answers in
            // A group that a reload has replaced meanwhile is evaluated by its successor.
            guard let self, !isStopped, let group = groups.first(where: { ObjectIdentifier($0) == asked }) else {
                return
            }
            group.isAsking = false
            tell(of: group.evaluate(at: at, answers: answers, began: began), group)
        }
    }

    private func tell(of evaluation: GroupEvaluation, _ group: LiveGroup) {
        evaluations.add()
        durations.observe(Double(group.lastDuration.wholeNanoseconds) / 1e9)
        for result in evaluation.rules {
            guard let problem = result.problem else { continue }
            failures.add()
            log.warning(
                "a rule could not be evaluated",
                ["group": group.key, "rule": group.group.rules[result.rule].name.value, "error": problem.description]
            )
        }
        for listener in listeners { listener.heard(evaluation, of: group) }
    }
}
