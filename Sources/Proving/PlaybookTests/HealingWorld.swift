import Metrics
import Playbooks
import PromQL
import Rules
import Storage
import YAML

/// The run machine at work under virtual time: it hears of the alerts of rules, its questions are answered from the samples, its records
/// are durable at once, and its deeds come to what the stage says.
struct HealingWorld {
    let stage: PlaybookStage
    let engine: Engine
    let groups: [GroupEvaluator]
    let start: Timestamp
    private let playbooks: [PreparedPlaybook]
    private let settings: HealingSettings
    private var healer: Healer
    private(set) var now = Milliseconds.zero
    private(set) var chronicle = HealingChronicle()
    private var records: [HealingRecord] = []
    private var deeds: DeedStage
    private var unitStarts: [String: Milliseconds?] = [:]
    private var waiting: [(question: QuestionID, request: HealthRequest)] = []
    private var lookAgainAt: Milliseconds?
    private var words: ArraySlice<OperatorWord>
    private var restarts: ArraySlice<Milliseconds>
    private var turns = 0

    /// A machine that never comes to rest is a mistake in it, not a test that takes long.
    static let turnsMax = 20_000_000
    private static let lookEvery = Milliseconds.seconds(1)
    private static let boot: Int64 = 1

    init(
        _ stage: PlaybookStage,
        _ playbooks: [PreparedPlaybook],
        settings: HealingSettings = HealingSettings(),
        engine: Engine,
        groups: [GroupEvaluator],
        start: Timestamp
    ) {
        self.stage = stage
        self.playbooks = playbooks
        self.settings = settings
        self.engine = engine
        self.groups = groups
        self.start = start
        deeds = DeedStage(stage.deeds)
        words = stage.words[...]
        restarts = stage.restarts[...]
        healer = Healer(playbooks: playbooks, settings: settings, seed: 1, at: Self.moment(.zero, start))
        hear(.started)
        hear(.caughtUp)
    }

    private static func moment(_ now: Milliseconds, _ start: Timestamp) -> Moment {
        Moment(wall: start + now, monotonic: now, boot: boot)
    }

    var openRuns: [RunSnapshot] { healer.openRuns }
    var wall: Timestamp { start + now }

    // MARK: Time

    /// Lets time pass, from one thing that happens to the next; whether it could.
    mutating func pass(to end: Milliseconds, feeding feed: inout InputFeed?) throws(StorageRefusal) -> Bool {
        while let next = nextMoment, next <= end {
            turns += 1
            guard turns < Self.turnsMax else { return false }
            now = Swift.max(now, next)
            try feed?.feed(through: wall)
            turn()
        }
        now = Swift.max(now, end)
        return true
    }

    private var nextMoment: Milliseconds? {
        [healer.nextWake, deeds.nextDue, words.first?.time, restarts.first, lookAgainAt].compactMap { $0 }.min()
    }

    private mutating func turn() {
        if let restart = restarts.first, restart <= now {
            restarts.removeFirst()
            return self.restart()
        }
        if let word = words.first, word.time <= now {
            words.removeFirst()
            say(word)
        }
        let asked = engine
        let at = wall
        for (request, outcome) in deeds.finish(at: now, isTrue: { Self.ask($0, asked, at) == .returned(true) }) {
            if outcome.result == .succeeded { noteUnit(of: request) }
            hear(.finished(request.key, outcome))
        }
        if let again = lookAgainAt, again <= now { answerWaiting() }
        if let wake = healer.nextWake, wake <= now { hear(.wake) }
    }

    /// medic is killed, and started again with what it had recorded.
    private mutating func restart() {
        deeds.forgetAll()
        waiting = []
        lookAgainAt = nil
        healer = Healer(
            restoring: records,
            playbooks: playbooks,
            settings: settings,
            seed: 1,
            at: Self.moment(now, start)
        )
        hear(.started)
        for group in groups {
            for place in group.group.rules.indices {
                for alert in group.alerts(ofRule: place) where alert.isFiring {
                    hear(.firing(Playbooks.FiringAlert(alert, rule: place, of: group)))
                }
            }
        }
        hear(.caughtUp)
    }

    // MARK: Events

    /// What a group found when it was evaluated.
    mutating func heard(_ evaluation: GroupEvaluation, of group: GroupEvaluator) {
        for result in evaluation.rules {
            for transition in result.transitions {
                switch transition.change {
                case .fired, .resumed, .beganFlapping, .stoppedFlapping:
                    guard transition.alert.isFiring else { continue }
                    hear(.firing(Playbooks.FiringAlert(transition.alert, rule: result.rule, of: group)))
                case .resolved: hear(.resolved(transition.alert.labels))
                case .becamePending, .subsided, .kept: break
                }
            }
        }
    }

    private mutating func say(_ word: OperatorWord) {
        let playbook = word.playbook?.value ?? ""
        let run =
            (openRuns.map(\.run) + chronicle.runs).last { $0.playbook.utf8.elementsEqual(playbook.utf8) }?.id ?? ""
        let kind: HealingCommand.Kind =
            switch word.act {
            case .approve: .approve(run: run, digest: nil, way: "test")
            case .refuse: .refuse(run: run, way: "test")
            case .cancel: .cancel(run: run)
            case .start: .start(playbook: playbook, labels: word.labels)
            case .stopHealing: .stopHealing(for: nil)
            case .resumeHealing: .resumeHealing
            }
        hear(.command(CommandID(number: Int64(turns)), HealingCommand(kind, by: "the test")))
    }

    private mutating func hear(_ event: HealingEvent) {
        // Answers are events themselves, and come after all that the event before them led to.
        var events = [event][...]
        while let event = events.popFirst() {
            for effect in healer.handle(event, at: Self.moment(now, start)) {
                if let answer = carryOut(effect) { events.append(answer) }
            }
        }
    }

    private mutating func carryOut(_ effect: HealingEffect) -> HealingEvent? {
        switch effect {
        case .record(let id, let record, let durability):
            records.append(record)
            chronicle.note(record)
            return durability == .synced ? .recorded(id) : nil
        case .perform(let request):
            deeds.begin(request, at: now)
            return nil
        case .cancel(let key):
            return deeds.cancel(key) ? .finished(key, ActionOutcome(.cancelled)) : nil
        case .ask(let id, let question): return answer(question, id).map { .answered(id, $0) }
        case .notify(let notice): chronicle.note(notice, at: now)
        case .hold(let alert, _): chronicle.hold(alert)
        case .release(let alert): chronicle.release(alert)
        case .armRollback(let request, _): return .rollbackArmed(request.key, failure: nil)
        case .disarmRollback, .releaseLease, .reply, .log: break
        }
        return nil
    }

    // MARK: Answers

    private mutating func answer(_ question: Question, _ id: QuestionID) -> Answer? {
        switch question {
        case .survey(let request): return .survey(survey(request))
        case .expression(_, let text): return .expression(Self.ask(text, engine, wall))
        case .lease(_, let request):
            let lease = FleetLease(
                group: request.terms.group,
                slot: 0,
                token: 1,
                expires: Self.moment(now + request.duration, start)
            )
            return .lease(.granted(lease))
        case .health(_, let request):
            if let measurement = measure(request) { return .health(measurement) }
            waiting.append((id, request))
            lookAgainAt = lookAgainAt ?? now + Self.lookEvery
            return nil
        }
    }

    private mutating func answerWaiting() {
        let asked = waiting
        waiting = []
        lookAgainAt = nil
        for (id, request) in asked {
            guard let measurement = measure(request) else {
                waiting.append((id, request))
                lookAgainAt = now + Self.lookEvery
                continue
            }
            hear(.answered(id, .health(measurement)))
        }
    }

    private func survey(_ request: SurveyRequest) -> Survey {
        var survey = Survey()
        survey.evidence = surveyedEvidence(of: request.alert)
        survey.require = request.require.map { Self.ask($0, engine, wall) }
        survey.hostUptime = stage.hostUptime + now
        survey.activeIntervals = request.intervals.filter { name in
            stage.intervals.contains { $0.utf8.elementsEqual(name.utf8) }
        }
        survey.units = request.units.map(facts)
        return survey
    }

    private func facts(of unit: String) -> UnitFacts {
        var facts =
            stage.units.first { $0.name.utf8.elementsEqual(unit.utf8) }
            ?? UnitFacts(name: unit, uptime: PlaybookStage.usualUptime)
        if let begun = unitStarts[unit] {
            facts.uptime = begun.map { now - $0 }
        } else {
            facts.uptime = facts.uptime.map { $0 + now }
        }
        return facts
    }

    /// A unit that was restarted is young, and one that was stopped is not there.
    private mutating func noteUnit(of request: ActionRequest) {
        guard let unit = request.arguments.text("unit") else { return }
        switch request.action {
        case "systemd.start", "systemd.restart", "systemd.try_restart": unitStarts[unit] = .some(now)
        case "systemd.stop": unitStarts[unit] = .some(nil)
        default: break
        }
    }
}

extension Alert {
    /// Whether the world is told that it fires.
    var isFiring: Bool {
        if case .firing = state { true } else { false }
    }
}

extension Playbooks.FiringAlert {
    init(_ alert: Alert, rule place: Int, of group: GroupEvaluator) {
        var since = Timestamp.epoch
        if case .firing(_, let firedAt, _) = alert.state { since = firedAt }
        self.init(
            labels: alert.labels,
            annotations: alert.annotations,
            value: alert.value,
            startsAt: since,
            origin: .rule(
                expression: group.group.rules[place].expression.tree.description,
                interval: group.interval
            ),
            isFlapping: alert.flapping.isFlapping
        )
    }
}
