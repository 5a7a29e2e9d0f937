import Actions
import Alerting
import EventLoop
import Logging
import Metrics
import Playbooks
import PromQL
import Rules
import Storage
import Systemd

/// Answers what the run machine cannot know by itself: what the data says, how units are, since when.
///
/// Unchecked: the rules belong to the core's loop, on which every question is asked.
final class HealingSurveyor: @unchecked Sendable {
    let engine: Engine
    private let store: SampleStore
    let rules: RuleKeeper
    private let manager: ServiceManager?
    private let startedAt: Timestamp
    let fleet: FleetKeeper
    private let observer: ObserverCheck
    /// The time intervals of the configuration, by name.
    private let intervals: @Sendable () -> [String: NamedTimeInterval]
    let loop: EventLoop
    let clock = HealingClock()

    /// A unit's state that does not come in time counts as unknown.
    private static let unitPatience = Duration.seconds(10)

    init(
        on loop: EventLoop,
        engine: Engine,
        store: SampleStore,
        rules: RuleKeeper,
        manager: ServiceManager?,
        startedAt: Timestamp,
        fleet: FleetKeeper,
        intervals: @escaping @Sendable () -> [String: NamedTimeInterval] = { [:] }
    ) {
        self.loop = loop
        self.engine = engine
        self.store = store
        self.rules = rules
        self.manager = manager
        self.startedAt = startedAt
        self.fleet = fleet
        observer = ObserverCheck(engine, on: loop)
        self.intervals = intervals
    }

    /// Answers once, from any thread.
    func answer(_ question: Question, then: @escaping @Sendable (Answer) -> Void) {
        precondition(loop.isCurrent, "the rules live on the core's loop")
        switch question {
        case .expression(_, let text): then(.expression(ask(text)))
        case .health(_, let request): measure(request, then)
        case .lease(let run, let request): fleet.answer(run: run, request, asked: clock.now, then: then)
        case .survey(let request): survey(request, then)
        }
    }

    /// Whether an expression returns something now; for steps that wait or check, from any thread.
    func evaluate(_ text: String) async -> Result<Bool, ToolFailure> {
        switch await loop.perform({ self.ask(text) }) {
        case .returned(let isTrue): .success(isTrue)
        case .failed(let reason): .failure(ToolFailure(reason))
        }
    }

    // MARK: Expressions

    private func ask(_ text: String) -> ExpressionAnswer {
        do {
            return .returned(try !elements(of: text).isEmpty)
        } catch {
            return .failed("\(error)")
        }
    }

    func elements(of text: String) throws -> [VectorElement] {
        let tree = try parse(text)
        let present = rules.present
        let result = try engine.prepare(tree, text: text).instant(at: present)
        switch result.value {
        case .vector(let elements): return elements
        case .scalar(let value):
            // A number stands for yes unless it is zero or none.
            let isYes = value != 0 && !value.isNaN
            return isYes ? [VectorElement(labels: .empty, timestamp: present, value: .float(value))] : []
        case .string, .matrix: return []
        }
    }

    // MARK: Surveys

    private func survey(_ request: SurveyRequest, _ then: @escaping @Sendable (Answer) -> Void) {
        var survey = Survey()
        survey.evidence = surveyedEvidence(of: request.alert)
        survey.require = request.require.map { ask($0) }
        survey.hostUptime = clock.hostUptime
        let (known, now) = (intervals(), clock.now.wall)
        survey.activeIntervals = request.intervals.filter { known[$0]?.contains(now) ?? false }
        survey.jobSize = jobSize(of: request)
        survey.observerProblems = observer.ask()
        let found = survey
        guard let manager, !request.units.isEmpty || !request.mentioned.isEmpty else { return then(.survey(found)) }
        Task {
            var survey = found
            for unit in request.units { survey.units.append(await Self.facts(of: unit, manager)) }
            for unit in request.mentioned {
                guard let state = try? await manager.outline(of: unit), !state.name.isEmpty else { continue }
                survey.identities.append(UnitIdentity(alias: unit, name: state.name))
            }
            then(.survey(survey))
        }
    }

    private func surveyedEvidence(of alert: FiringAlert) -> SurveyedEvidence? {
        guard case .rule(let expression, let interval) = alert.origin, let evidence = evidence(of: alert) else {
            return nil
        }
        let now = clock.now.wall
        var surveyed = SurveyedEvidence(
            newestSampleAge: evidence.newestSample.map { Swift.max(.zero, now - $0) },
            interval: evidence.interval(ofRule: interval),
            isAboutAbsence: evidence.isAboutAbsence,
            reach: evidence.range,
            covered: Swift.max(now - startedAt, evidence.unbroken)
        )
        if let isTrue = answeredElsewhere(expression, for: alert.labels) {
            surveyed.isTrue = isTrue
            return surveyed
        }
        surveyed.isTrue = (try? elements(of: expression)).map { $0.contains { $0.labels.agrees(with: alert.labels) } }
        return surveyed
    }

    // A job with more series than that is counted by its targets.
    private static let countedSeriesMax = 20_000

    /// How many subjects like this one the alert's job has: its targets, or what else tells its patients apart, such as units.
    private func jobSize(of request: SurveyRequest) -> Int? {
        guard let job = request.alert.labels["job"] else { return nil }
        let names = request.subject.map(\.name)
        let count = store.readIndex { index in
            let targets = index.select([
                LabelMatcher(Labels.metricName, equals: "up"), LabelMatcher("job", equals: job),
            ])
            guard names != ["instance"], !names.isEmpty else { return targets.count }
            let all = index.select([LabelMatcher("job", equals: job)])
            guard all.count <= Self.countedSeriesMax else { return targets.count }
            var subjects: Set<[String]> = []
            for series in all {
                let labels = index.labels(of: series)
                let values = names.compactMap { labels[$0] }
                if values.count == names.count { subjects.insert(values) }
            }
            return subjects.count
        }
        return count == 0 ? nil : count
    }

    private static func facts(of unit: String, _ manager: ServiceManager) async -> UnitFacts {
        var facts = UnitFacts(name: unit)
        guard let state = try? await manager.outline(of: unit) else { return facts }
        if !state.name.isEmpty { facts.identity = state.name }
        facts.isChanging = state.active.isInTransition || state.sub == "auto-restart"
        let now = UInt64(MonotonicInstant.now.nanoseconds / 1_000)
        facts.uptime = state.activeMicroseconds(at: now).map { Milliseconds(Int64($0 / 1_000)) }
        let ties = state.dependencies
        facts.needs = ties.requires + ties.bindsTo + ties.partOf
        facts.dependents = ties.requiredBy + ties.boundBy + ties.consistsOf
        // Slices and targets never fail, and most units depend on nothing else: then there is nothing to wait for.
        let fallible = facts.needs.filter { !$0.hasSuffix(".slice") && !$0.hasSuffix(".target") }
        if !fallible.isEmpty, let others = try? await manager.units(named: fallible) {
            facts.failing = others.filter { $0.active == .failed }.map(\.name)
        }
        return facts
    }
}

extension Labels {
    /// Whether no label of this set contradicts the other; a metric's name does not count.
    func agrees(with other: Labels) -> Bool {
        allSatisfy { label in
            guard label.name != Labels.metricName, let value = other[label.name] else { return true }
            return value.utf8.elementsEqual(label.value.utf8)
        }
    }
}
