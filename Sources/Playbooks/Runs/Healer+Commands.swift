import Metrics

// What operators ask for. Each command has a reply, and each that changes something a record of who and why.
extension Healer {
    mutating func obey(_ id: CommandID, _ command: HealingCommand) {
        let first = effects.count
        let reply: CommandReply?
        switch command.kind {
        case .start(let playbook, let labels, let variables): reply = begin(playbook, labels, variables, command)
        case .dryRun(let playbook, let labels, let variables): reply = dryRun(id, playbook, labels, variables)
        case .cancel(let run): reply = cancel(run, command)
        case .approve(let run, let digest, let way): reply = decide(run, digest, way, isGranted: true, command)
        case .refuse(let run, let way): reply = decide(run, nil, way, isGranted: false, command)
        case .stopHealing(let span): reply = stopHealing(span, command)
        case .resumeHealing: reply = resumeHealing(command)
        case .openBreaker(let playbook, let subject): reply = openBreaker(playbook, subject, command)
        case .closeBreaker(let playbook, let subject): reply = closeBreaker(playbook, subject, command)
        case .reset(let playbook, let subject): reply = reset(playbook, subject, command)
        }
        guard let reply else { return }
        guard let record = lastSynced(from: first) else { return effects.append(.reply(id, reply)) }
        replies.append((record, id, reply))
    }

    /// The last record that the command had written at once: an operator is told what is durable, not what is meant to be.
    private func lastSynced(from first: Int) -> RecordID? {
        for effect in effects[first...].reversed() {
            if case .record(let id, _, .synced) = effect { return id }
        }
        return nil
    }

    /// What has become of the records that replies wait for.
    mutating func sendReplies(through record: RecordID, failure: String?) {
        while let (waited, id, reply) = replies.first, waited.number <= record.number {
            replies.removeFirst()
            let said = failure.map { CommandReply.rejected("it is done, but could not be recorded: \($0)") } ?? reply
            effects.append(.reply(id, said))
        }
    }

    private mutating func note(_ what: String, _ command: HealingCommand) {
        commit(.act(OperatorAct(by: command.by, what: what, reason: command.reason, at: now)), .synced)
    }

    /// The alert that fires with these labels and that the playbook is for, or else the labels alone.
    private func alert(_ labels: Labels, for playbook: PreparedPlaybook) -> FiringAlert {
        let firing = alerts.values.map(\.alert).filter { alert in
            labels.allSatisfy { alert.labels[$0.name]?.utf8.elementsEqual($0.value.utf8) ?? false }
        }
        let own = firing.filter { alert in playbook.triggers.contains { $0.matches(alert.labels) } }
        // Another alert is meant only where somebody names it.
        let meant = own.isEmpty && !labels.isEmpty ? firing : own
        return meant.min { $0.labels < $1.labels }
            ?? FiringAlert(labels: labels, startsAt: now.wall, origin: .command)
    }

    private mutating func begin(
        _ name: String,
        _ labels: Labels,
        _ variables: [Label],
        _ command: HealingCommand
    ) -> CommandReply {
        guard let playbook = prepared(name) else { return .rejected("there is no playbook '\(name)'") }
        let alert = alert(labels, for: playbook)
        if let open = openRun(of: playbook.patient(of: alert)) {
            return .rejected("run \(open) is open for this subject")
        }
        note("started \(name) for \(alert.labels)", command)
        propose([name], for: alert, by: command.by, variables: variables)
        return .opened(run: String(newestRun))
    }

    private mutating func dryRun(
        _ id: CommandID,
        _ name: String,
        _ labels: Labels,
        _ variables: [Label]
    ) -> CommandReply? {
        guard let playbook = prepared(name) else { return .rejected("there is no playbook '\(name)'") }
        propose([name], for: alert(labels, for: playbook), variables: variables, dryRun: id)
        return nil
    }

    mutating func dryRunTimedOut(_ id: String) {
        if let command = live[id]?.dryRun {
            effects.append(.reply(command, .rejected("the facts took too long to gather")))
        }
        considered[id] = nil
        live[id] = nil
    }

    private mutating func cancel(_ id: String, _ command: HealingCommand) -> CommandReply {
        guard let run = run(id), live[id]?.dryRun == nil else { return .rejected("there is no open run \(id)") }
        note("cancelled run \(id)", command)
        let reason = "\(command.by) cancelled it\(command.reason.isEmpty ? "" : ": \(command.reason)")"
        if !run.isOpen {
            endAftercare(id, reason)
            return .done("what run \(id) was to do afterwards is cancelled")
        }
        stop(id, .cancelled, reason)
        if case .deed(let key) = live[id]?.awaiting ?? .nothing { deedTimedOut(id, key) }
        return .done("run \(id) is cancelled")
    }

    private mutating func decide(
        _ id: String,
        _ digest: String?,
        _ way: String,
        isGranted: Bool,
        _ command: HealingCommand
    ) -> CommandReply {
        guard let run = run(id), let companion = live[id] else { return .rejected("there is no open run \(id)") }
        if let digest, !digest.utf8.elementsEqual(run.plan.digest.utf8) {
            return .rejected("run \(id) is about something else by now: \(run.plan.digest)")
        }
        switch companion.awaiting {
        case .operatorStep(let key):
            note("\(isGranted ? "approved" : "refused") a step of run \(id)", command)
            operatorAnswered(id, key, isGranted: isGranted, by: command.by)
            return .done("run \(id) goes on")
        case .approval:
            note("\(isGranted ? "approved" : "refused") run \(id)", command)
            let approval = RunApproval(isGranted: isGranted, by: command.by, way: way, at: now, digest: run.plan.digest)
            approved(id, approval)
            return .done("run \(id) is \(isGranted ? "approved" : "refused")")
        default:
            let waits = companion.awaiting.words.isEmpty ? "" : " and waits for \(companion.awaiting.words)"
            let approval = run.progress.approval.map {
                "; \($0.by) \($0.isGranted ? "approved" : "refused") it already"
            }
            let words = "run \(id) is \(run.progress.phase.name)\(waits): it does not wait for an operator's word"
            return .rejected(words + (approval ?? ""))
        }
    }

    private mutating func approved(_ id: String, _ approval: RunApproval) {
        update(id, .synced) { progress in
            progress.approval = approval
            if approval.isGranted { progress.phase = .considered }
        }
        guard approval.isGranted else { return finish(id, .refused, "\(approval.by) refused it") }
        // Everything is asked again: the world has moved on since.
        live[id]?.survey = nil
        if let run = run(id) {
            live[id]?.considerUntil = now.monotonic + run.plan.terms.lockWait + Patience.considering
        }
        self.await(id, .nothing, for: nil)
        preflight(id)
    }

    // MARK: Kill switch, breaker, memory

    private mutating func stopHealing(_ span: Milliseconds?, _ command: HealingCommand) -> CommandReply {
        note("stopped healing", command)
        commit(
            .killSwitch(KillSwitch(by: command.by, reason: command.reason, at: now, duration: span)),
            .synced
        )
        for run in memory.runs.values.sorted(by: { $0.id < $1.id }) where run.progress.phase == .running {
            stop(run.id, .cancelled, "\(command.by) stopped healing")
        }
        return .done("healing is stopped \(span.map { "for \($0.promQLText)" } ?? "until it is resumed")")
    }

    private mutating func resumeHealing(_ command: HealingCommand) -> CommandReply {
        guard memory.killSwitch != nil else { return .done("healing was not stopped") }
        note("resumed healing", command)
        commit(.killSwitch(nil), .synced)
        for labels in alerts.keys.sorted() { retry(labels, after: .zero) }
        return .done("healing goes on")
    }

    private mutating func openBreaker(_ playbook: String, _ subject: Labels, _ command: HealingCommand) -> CommandReply
    {
        var course = memory.course(of: playbook, subject)
        note("opened the breaker of \(playbook) for \(subject)", command)
        course.breaker = .openByHand(by: command.by, reason: command.reason, at: now)
        commit(.course(course), .synced)
        return .done("the breaker is open until it is closed")
    }

    private mutating func closeBreaker(_ playbook: String, _ subject: Labels, _ command: HealingCommand) -> CommandReply
    {
        var course = memory.course(of: playbook, subject)
        guard course.breaker != .closed else { return .done("the breaker was closed") }
        guard !command.reason.isEmpty else { return .rejected("closing a breaker wants a reason") }
        note("closed the breaker of \(playbook) for \(subject)", command)
        course.breaker = .closed
        course.failures = 0
        course.openings = 0
        commit(.course(course), .synced)
        for labels in alerts.keys.sorted() { retry(labels, after: .zero) }
        return .done("the breaker is closed")
    }

    private mutating func reset(_ playbook: String, _ subject: Labels?, _ command: HealingCommand) -> CommandReply {
        let patient = subject.map(memory.identities.patient)
        let courses = memory.courses.values
            .filter { $0.playbook.utf8.elementsEqual(playbook.utf8) && (patient == nil || $0.subject == patient) }
            .sorted { $0.subject < $1.subject }
        note("reset \(playbook)\(subject.map { " for \($0)" } ?? "")", command)
        for course in courses {
            var blank = Course(playbook: course.playbook, subject: course.subject)
            // The count of runs goes on, and what is open by hand stays so.
            blank.lastRun = course.lastRun
            if case .openByHand = course.breaker { blank.breaker = course.breaker }
            commit(.course(blank), .synced)
        }
        for labels in alerts.keys.sorted() { retry(labels, after: .zero) }
        return .done("\(courses.count) subjects of \(playbook) begin anew")
    }
}
