import Actions
import EventLoop
import Logging
import Metrics
import Playbooks
import PromQL
import Rules
import Web

/// Runs the run machine: brings it what happens, and has done what it wants.
///
/// Unchecked: everything belongs to the core's loop, and every entry checks or comes from there.
final class HealingKeeper: EvaluationListener, @unchecked Sendable {
    private let loop: EventLoop
    private let log: Logger
    private let archive: HealingArchive
    let surveyor: HealingSurveyor
    private let doer: DeedDoer
    private let numbers: HealingNumbers
    private let clock = HealingClock()
    private var healer: Healer?
    /// The machine as it stands, for looking.
    var machine: Healer? { healer }
    private var timer: TimerToken?
    private var replies: [CommandID: @Sendable (CommandReply) -> Void] = [:]
    private var lastCommand: Int64 = 0
    /// Who tells people; nil while nobody does.
    weak var ears: (any HealingEars)?

    init(
        on loop: EventLoop,
        archive: HealingArchive,
        surveyor: HealingSurveyor,
        doer: DeedDoer,
        numbers: HealingNumbers,
        log: Logger
    ) {
        self.loop = loop
        self.archive = archive
        self.surveyor = surveyor
        self.doer = doer
        self.numbers = numbers
        self.log = log
    }

    /// Makes the machine from what was kept, and lets it take up what was interrupted. `groups` tell of the alerts that fire already.
    func start(
        _ playbooks: [PreparedPlaybook],
        _ settings: HealingSettings,
        restoring records: [HealingRecord],
        groups: [LiveGroup],
        outside: [FiringAlert] = []
    ) {
        precondition(loop.isCurrent, "runs live on the core's loop")
        let made = Healer(
            restoring: records,
            playbooks: playbooks,
            settings: settings,
            seed: UInt64.random(in: 0 ... .max),
            at: clock.now
        )
        healer = made
        do {
            try archive.keepOnly(made.checkpoint)
        } catch {
            log.warning("what healing need not remember any longer could not be forgotten", ["error": "\(error)"])
        }
        hear(.started)
        for group in groups { tellFiring(group) }
        for alert in outside { hear(.firing(alert)) }
        hear(.caughtUp)
        numbers.show(breakersOf: made.courses)
    }

    /// Takes up new playbooks. Open runs go on as they were planned.
    func adopt(_ playbooks: [PreparedPlaybook], _ settings: HealingSettings) {
        healer?.adopt(playbooks: playbooks, settings: settings)
    }

    /// The runs that are open or have something left to do.
    var openRuns: [RunSnapshot] { healer?.openRuns ?? [] }
    /// The alerts that may be kept back in a moment, with the runs that are considered for them.
    var considering: [Labels: ConsideredRun] { healer?.considering ?? [:] }
    /// Whether a playbook would look at an alert from outside.
    func wouldConsider(fromOutside labels: Labels) -> Bool { healer?.wouldConsider(fromOutside: labels) ?? false }
    var killSwitch: KillSwitch? { healer?.killSwitch }
    var storm: Storm? { healer?.storm }

    /// How healing stands as a whole.
    var report: HealingReport {
        HealingReport(
            settings: healer?.currentSettings ?? HealingSettings(),
            killSwitch: killSwitch,
            storm: storm,
            courses: healer?.courses ?? [],
            now: clock.now
        )
    }

    /// Has an operator's command carried out.
    func command(_ command: HealingCommand) async -> CommandReply {
        await withCheckedContinuation { continuation in
            loop.submit { [self] in
                guard healer != nil else {
                    return continuation.resume(returning: .rejected("the agent is not ready"))
                }
                lastCommand += 1
                let id = CommandID(number: lastCommand)
                replies[id] = { continuation.resume(returning: $0) }
                hear(.command(id, command))
            }
        }
    }

    func stop() {
        timer?.cancel()
        timer = nil
        healer = nil
        doer.cancelAll()
        for reply in replies.values { reply(.rejected("the agent ends")) }
        replies = [:]
    }

    // MARK: Alerts

    func heard(_ evaluation: GroupEvaluation, of group: LiveGroup) {
        guard healer != nil else { return }
        for result in evaluation.rules {
            for transition in result.transitions {
                switch transition.change {
                case .fired, .resumed, .beganFlapping, .stoppedFlapping:
                    if transition.alert.phase == .firing {
                        hear(.firing(FiringAlert(transition.alert, rule: result.rule, of: group)))
                    }
                case .resolved: hear(.resolved(transition.alert.labels))
                case .becamePending, .subsided, .kept: break
                }
            }
        }
    }

    /// An alert that somebody else told of.
    func heardFiring(_ alert: FiringAlert) {
        if healer != nil { hear(.firing(alert)) }
    }

    /// An alert that somebody else told of is over.
    func heardOver(_ labels: Labels) {
        if healer != nil { hear(.resolved(labels)) }
    }

    private func tellFiring(_ group: LiveGroup) {
        for place in group.group.rules.indices {
            for alert in group.evaluator.alerts(ofRule: place) where alert.phase == .firing {
                hear(.firing(FiringAlert(alert, rule: place, of: group)))
            }
        }
    }

    /// Somebody else may have the run's place in the fleet's budget by now.
    func lostPlace(of run: String) { hear(.leaseLost(run: run)) }

    /// Tells the machine of rollbacks that fired by themselves. Reads the disk, so from a thread that may.
    func lookForFired() {
        for fired in doer.takeFired() {
            log.warning("a rollback fired by itself", ["run": fired.run, "step": fired.step, "report": fired.report])
            hearLater(.rollbackFired(run: fired.run, step: fired.step))
        }
    }

    // MARK: The machine

    private func hear(_ event: HealingEvent) {
        precondition(loop.isCurrent, "runs live on the core's loop")
        guard let effects = healer?.handle(event, at: clock.now) else { return }
        for effect in effects { carryOut(effect) }
        if !effects.isEmpty, let healer { numbers.show(healer) }
        ears?.considered()
        if effects.contains(where: \.changesHealing) { archive.events.publish(.healing) { HealingTree.tree(report) } }
        arrangeWake()
    }

    /// An event that comes from another thread.
    private func hearLater(_ event: HealingEvent) {
        loop.submit { [self] in hear(event) }
    }

    private func arrangeWake() {
        timer?.cancel()
        timer = nil
        guard let wake = healer?.nextWake else { return }
        let deadline = MonotonicInstant(
            nanoseconds: wake.rawValue.multipliedReportingOverflow(by: 1_000_000).partialValue
        )
        timer = loop.at(deadline + .milliseconds(1)) { [weak self] in self?.hear(.wake) }
    }

    private func carryOut(_ effect: HealingEffect) {
        switch effect {
        case .record(let id, let record, let durability):
            count(record)
            archive.keep(record, durability, at: clock.now.wall) { [weak self] failure in
                self?.hearLater(failure.map { .recordFailed(id, reason: $0) } ?? .recorded(id))
            }
            if case .intent(let run, let step) = record { foresee(run, step) }
        case .perform(let request):
            doer.perform(request) { [weak self] outcome in self?.hearLater(.finished(request.key, outcome)) }
        case .cancel(let key): doer.cancel(key)
        case .ask(let id, let question):
            surveyor.answer(question) { [weak self] answer in self?.hearLater(.answered(id, answer)) }
        case .releaseLease(let lease, _): surveyor.fleet.giveBack(lease)
        case .notify(let notice): tell(notice)
        case .hold(let alert, let until): ears?.hold(alert, until: until.wall)
        case .release(let alert): ears?.release(alert)
        case .armRollback(let request, let within):
            doer.arm(request, within: .milliseconds(within.rawValue)) { [weak self] failure in
                self?.hearLater(.rollbackArmed(request.key, failure: failure))
            }
        case .disarmRollback(let run, let step): doer.disarm(run: run, step: step)
        case .reply(let id, let reply): replies.removeValue(forKey: id)?(reply)
        case .log(let line): say(line)
        }
    }

    private func foresee(_ run: String, _ step: StepRecord) {
        guard let steps = archive.runs[run]?.plan.steps, steps.indices.contains(step.step) else { return }
        let planned = steps[step.step]
        doer.foresee(
            ActionKey(run: run, step: step.step, attempt: step.attempt),
            planned.action,
            planned.arguments
        )
    }

    private func count(_ record: HealingRecord) {
        switch record {
        case .opened(let run): if let ending = run.progress.phase.ending { numbers.count(run, ending) }
        case .progress(let id, let progress):
            // A run that has ended may still have something left to do, and says so again.
            guard let ending = progress.phase.ending, var run = archive.runs[id], run.isOpen else { return }
            run.progress = progress
            numbers.count(run, ending)
        case .course: numbers.show(breakersOf: healer?.courses ?? [])
        default: break
        }
    }

    private func tell(_ notice: HealingNotice) {
        log.info("healing has news", ["occasion": notice.occasion.rawValue, "summary": notice.summary])
        ears?.heard(notice)
    }

    private func say(_ line: HealingLog) {
        let fields = line.fields.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        switch line.level {
        case .info: log.info("the run machine says", ["what": line.message, "details": fields])
        case .warning: log.warning("the run machine says", ["what": line.message, "details": fields])
        case .error: log.error("the run machine says", ["what": line.message, "details": fields])
        }
    }
}

extension HealingEffect {
    /// Whether healing as a whole stands otherwise after it.
    fileprivate var changesHealing: Bool {
        switch self {
        case .record(_, .killSwitch, _), .record(_, .storm, _): true
        default: false
        }
    }
}

extension FiringAlert {
    /// An alert of one of medic's own rules.
    init(_ alert: Alert, rule place: Int, of group: LiveGroup) {
        self.init(
            labels: alert.labels,
            annotations: alert.annotations,
            value: alert.value,
            startsAt: alert.startsAt ?? alert.activeSince,
            origin: .rule(
                expression: group.group.rules[place].expression.tree.description,
                interval: group.evaluator.interval
            ),
            isFlapping: alert.flapping.isFlapping
        )
    }
}
