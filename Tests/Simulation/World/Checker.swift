import Metrics
import Playbooks

/// Watches a world from outside, by true time and by what was really done, and knows nothing of how the machine decides.
struct Checker {
    struct Start {
        let run: String
        let playbook: String
        let subject: Labels
        let time: Int64
        /// The place of its record: a start whose record was lost and that did nothing was none.
        let number: Int
        var hasActed = false
    }

    struct Ended {
        let run: String
        let playbook: String
        let subject: Labels
        let time: Int64
        let number: Int
    }

    let wards: Wards
    private(set) var violation: String?
    var time: Int64 = 0
    /// So many records are on the disk.
    var durable = 0

    private(set) var holds: [Labels: Moment] = [:]
    private var runs: [String: Run] = [:]
    private var starts: [Start] = []
    private var ends: [Ended] = []
    private var intents: [ActionKey: Int] = [:]
    private var done: [ActionKey] = []
    private var failed: Set<ActionKey> = []
    /// The operator was told that it could not be recorded.
    private var isStopUncertain = false
    private var acting: Set<String> = []
    private var starting: String?
    private var byOperator: Set<String> = []
    private var granted: Set<String> = []
    private var stoppedUntil: Int64?
    private var unanswered: [CommandID: HealingCommand] = [:]
    private var armedSteps: Set<String> = []
    private var treatedByWebhook: [String: String] = [:]

    init(wards: Wards) {
        self.wards = wards
    }

    mutating func fail(_ reason: String) {
        if violation == nil { violation = reason }
    }

    var deeds: Int { done.count }

    // MARK: Records

    mutating func recorded(_ record: HealingRecord, number: Int) {
        switch record {
        case .opened(let run):
            runs[run.id] = run
            acting.remove(run.id)
            if run.requestedBy != nil { byOperator.insert(run.id) }
            noteEnd(run, run.progress, number)
            checkStart(run.id)
        case .progress(let id, let progress):
            if !progress.phase.isOngoing && progress.aftercare != .running { acting.remove(id) }
            if let run = runs[id], run.isOpen { noteEnd(run, progress, number) }
            runs[id]?.progress = progress
            checkStart(id)
        case .started(let mark): started(mark, number)
        case .intent(let run, let step): intents[ActionKey(run: run, step: step.step, attempt: step.attempt)] = number
        case .outcome, .measured, .course, .attempt, .identity, .storm, .killSwitch, .webhook, .act: break
        }
    }

    private mutating func noteEnd(_ run: Run, _ progress: RunProgress, _ number: Int) {
        guard let ending = progress.phase.ending, progress.startedAt != nil else { return }
        if ending == .unneeded {
            // Nobody was treated, so that there is nothing to cool down from.
            if hasTreated(run) { fail("run \(run.id) has treated somebody and was unneeded") }
            return
        }
        ends.append(
            Ended(run: run.id, playbook: run.playbook, subject: wards.patient(run.subject), time: time, number: number)
        )
    }

    private func hasTreated(_ run: Run) -> Bool {
        done.contains { deed in
            deed.run == run.id && run.plan.steps[deed.step].isTreatment && !run.plan.onResolved.contains(deed.step)
        }
    }

    private mutating func started(_ mark: StartMark, _ number: Int) {
        starts.removeAll { $0.run == mark.run }
        starts.append(
            Start(
                run: mark.run,
                playbook: mark.playbook,
                subject: wards.patient(mark.subject),
                time: time,
                number: number
            )
        )
        starting = mark.run
    }

    /// The record of the start stands before that of the run.
    private mutating func checkStart(_ id: String) {
        guard starting == id, let run = runs[id], run.progress.phase.isOngoing else { return }
        starting = nil
        guard !byOperator.contains(id) else { return }
        checkLimits(run)
        checkCooldown(run)
    }

    private mutating func checkLimits(_ run: Run) {
        let real = starts.filter { $0.hasActed && $0.run != run.id }
        let windows: [(String, Guards.Limit, [Start])] = [
            (
                "subject", run.plan.terms.subjectLimit,
                real.filter { $0.playbook == run.playbook && $0.subject == wards.patient(run.subject) }
            ),
            ("playbook", run.plan.terms.playbookLimit, real.filter { $0.playbook == run.playbook }),
            ("host", wards.settings.hostLimit, real),
        ]
        for (scope, limit, counted) in windows {
            let recent = counted.count { time - $0.time < limit.within.rawValue }
            if recent >= limit.runs {
                fail(
                    "run \(run.id) is number \(recent + 1) of its \(scope) within \(limit.within.rawValue) ms, \(limit.runs) are allowed"
                )
            }
        }
    }

    private mutating func checkCooldown(_ run: Run) {
        for end in ends
        where end.playbook == run.playbook && end.subject == wards.patient(run.subject) && end.run != run.id {
            if time - end.time < run.plan.terms.cooldown.rawValue {
                fail("run \(run.id) starts \(time - end.time) ms after the end of \(end.run)")
            }
        }
    }

    // MARK: Deeds

    mutating func performed(_ request: ActionRequest, at now: Moment) {
        let key = request.key
        guard let run = runs[key.run] else { return fail("a deed of run \(key.run), which was never recorded") }
        let step = run.plan.steps[key.step]
        if intents[key].map({ $0 > durable }) ?? true { fail("deed \(key) without a durable intent") }
        if isStopped { fail("deed \(key) while healing is stopped") }
        checkMode(run)
        if run.plan.units.contains("dbus.service") { fail("deed \(key) upon what is protected") }
        if !wards.isRepeatable(run.playbook, step: key.step) {
            for former in done where former.run == key.run && former.step == key.step && !failed.contains(former) {
                fail("deed \(key) is not repeatable and was begun as \(former)")
            }
        }
        if step.confirmWithin != nil && !armedSteps.contains("\(key.run)/\(key.step)") {
            fail("deed \(key) without its rollback")
        }
        done.append(key)
        guard let place = starts.firstIndex(where: { $0.run == key.run }) else {
            return fail("deed \(key) before its start")
        }
        starts[place].hasActed = true
        checkWebhook(run)
        checkLocks(run)
        acting.insert(key.run)
    }

    private mutating func checkMode(_ run: Run) {
        let mode = Swift.min(run.plan.mode, wards.settings.ceiling)
        switch mode {
        case .auto: break
        case .approve:
            if !byOperator.contains(run.id) && !granted.contains(run.id) { fail("run \(run.id) acts without approval") }
        case .observe, .off: fail("run \(run.id) acts though its mode is \(mode)")
        }
    }

    private mutating func checkWebhook(_ run: Run) {
        let isWebhook = wards.patients.contains { $0.labels == run.alert.labels && $0.isFromWebhook }
        guard isWebhook, !byOperator.contains(run.id) else { return }
        let illness = "\(run.alert.labels) \(run.alert.startsAt.rawValue)"
        let former = treatedByWebhook.updateValue(run.id, forKey: illness)
        if let former, former != run.id { fail("run \(run.id) is the second of one webhook's alert, after \(former)") }
    }

    private mutating func checkLocks(_ run: Run) {
        for other in acting where other != run.id {
            guard let holder = runs[other] else { continue }
            if wards.patient(holder.subject) == wards.patient(run.subject) {
                fail("runs \(run.id) and \(other) treat one subject")
            }
            let units = Set(holder.plan.units.map(wards.name))
            if !Set(holder.plan.locks).isDisjoint(with: run.plan.locks)
                || !units.isDisjoint(with: run.plan.units.map(wards.name))
            {
                fail("runs \(run.id) and \(other) share a lock")
            }
        }
    }

    mutating func outcomeDelivered(_ key: ActionKey, _ outcome: ActionOutcome) {
        if case .failed = outcome.result { failed.insert(key) }
    }

    mutating func armed(_ key: ActionKey) { armedSteps.insert("\(key.run)/\(key.step)") }
    mutating func disarmed(_ run: String, _ step: Int) { armedSteps.remove("\(run)/\(step)") }
    mutating func noticed(_: HealingNotice) {}

    // MARK: Holds

    mutating func held(_ alert: Labels, _ until: Moment) { holds[alert] = until }
    mutating func released(_ alert: Labels) { holds[alert] = nil }

    mutating func holdsAreDue(at now: Moment) {
        for (alert, until) in holds where until.boot == now.boot && until.monotonic < now.monotonic {
            fail("\(alert) is held beyond its time")
        }
    }

    // MARK: Operators

    private var isStopped: Bool { stoppedUntil.map { time < $0 } ?? false }

    mutating func commanded(_ id: CommandID, _ command: HealingCommand) {
        unanswered[id] = command
        switch command.kind {
        case .stopHealing(let span): stoppedUntil = span.map { time + $0.rawValue } ?? .max
        case .resumeHealing: stoppedUntil = nil
        case .approve(let run, _, _): granted.insert(run)
        case .reset(let playbook, _): ends.removeAll { $0.playbook == playbook }
        case .start, .dryRun, .cancel, .refuse, .openBreaker, .closeBreaker: break
        }
    }

    mutating func replied(_ id: CommandID, _ reply: CommandReply) {
        guard let command = unanswered.removeValue(forKey: id) else { return fail("a command is answered twice") }
        if case .rejected = reply, command.kind.isAboutStopping { isStopUncertain = true }
        if case .done = reply, command.kind.isAboutStopping { isStopUncertain = false }
    }

    /// What was not on the disk was not so; whoever had no answer cannot know.
    mutating func restarted(_ healer: Healer) {
        holds = [:]
        acting = []
        if isStopUncertain || unanswered.values.contains(where: { $0.kind.isAboutStopping }) {
            isStopUncertain = false
            stoppedUntil = healer.killSwitch.map { $0.duration == nil ? .max : time }
        }
        unanswered = [:]
        ends.removeAll { $0.number > durable }
        starts.removeAll { $0.number > durable && !$0.hasActed }
        for (key, number) in intents where number > durable { intents[key] = nil }
        for snapshot in healer.openRuns {
            runs[snapshot.run.id] = snapshot.run
            if snapshot.run.progress.phase.isOngoing || snapshot.run.progress.aftercare == .running {
                acting.insert(snapshot.run.id)
            }
        }
    }
}

extension RunPhase {
    var isOngoing: Bool {
        switch self {
        case .running, .verifying: true
        case .considered, .waiting, .ended: false
        }
    }
}

extension HealingCommand.Kind {
    var isAboutStopping: Bool {
        switch self {
        case .stopHealing, .resumeHealing: true
        default: false
        }
    }
}
