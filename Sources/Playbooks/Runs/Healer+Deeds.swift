import Metrics

// Intent before deed: a step is recorded, the record becomes durable, a rollback is armed where one is wanted, and only then it is done.
extension Healer {
    mutating func intend(_ run: Run, _ index: Int, attempt: Int) {
        let key = ActionKey(run: run.id, step: index, attempt: attempt)
        let record = commit(.intent(run: run.id, StepRecord(step: index, attempt: attempt, begunAt: now)), .synced)
        self.await(run.id, .intent(record, key), for: Patience.record)
    }

    mutating func recorded(_ record: RecordID) {
        if record.number > failedRecord {
            isHistoryFailing = false
            probeAt = nil
        }
        sendReplies(through: record, failure: nil)
        guard let (id, key) = intent(record), let run = run(id) else { return }
        if let reason = reasonNotToBegin(run) {
            settle(run, key.step, attempt: key.attempt, ActionOutcome(.notDone(reason)))
            self.await(id, .nothing, for: nil)
            if isInAftercare(run) { return endAftercare(id, reason) }
            return finish(id, run.progress.stop ?? .cancelled, reason)
        }
        let step = run.plan.steps[key.step]
        if step.asksOperator { return askOperator(run, key) }
        if let within = step.confirmWithin {
            effects.append(.armRollback(request(run, key), within: within))
            return self.await(id, .arming(key), for: Patience.arming)
        }
        perform(run, key)
    }

    /// What has changed while the intent was written.
    private func reasonNotToBegin(_ run: Run) -> String? {
        if run.progress.stop != nil { return run.progress.reason }
        if isStopped { return "healing was stopped" }
        return nil
    }

    mutating func recordFailed(_ record: RecordID, _ reason: String) {
        failedRecord = Swift.max(failedRecord, record.number)
        if !isHistoryFailing {
            isHistoryFailing = true
            log(.error, "a record could not be written; nothing is treated until one can be", [("reason", reason)])
            notice(
                .historyFailing,
                playbook: nil,
                subject: .empty,
                alerts: [],
                "the history cannot be written: \(reason)"
            )
        }
        probeAt = now.monotonic + .seconds(30)
        sendReplies(through: record, failure: reason)
        guard let (id, key) = intent(record), let run = run(id) else { return }
        abandon(run, key, "its intent could not be recorded: \(reason)")
    }

    private mutating func abandon(_ run: Run, _ key: ActionKey, _ reason: String) {
        settle(run, key.step, attempt: key.attempt, ActionOutcome(.notDone(reason)))
        self.await(run.id, .nothing, for: nil)
        if isInAftercare(run) { endAftercare(run.id, reason) } else { finish(run.id, .interrupted, reason) }
    }

    mutating func intentTimedOut(_ id: String, _ key: ActionKey) {
        guard let run = run(id) else { return }
        isHistoryFailing = true
        probeAt = now.monotonic + .seconds(30)
        abandon(run, key, "its intent was not recorded in time")
    }

    private func intent(_ record: RecordID) -> (String, ActionKey)? {
        for (id, companion) in live {
            if case .intent(record, let key) = companion.awaiting { return (id, key) }
        }
        return nil
    }

    private func request(_ run: Run, _ key: ActionKey) -> ActionRequest {
        let step = run.plan.steps[key.step]
        return ActionRequest(
            key: key,
            playbook: run.playbook,
            action: step.action,
            arguments: step.arguments,
            timeout: step.timeout,
            subject: run.subject,
            alert: run.alert,
            variables: run.plan.variables
        )
    }

    private mutating func perform(_ run: Run, _ key: ActionKey) {
        effects.append(.perform(request(run, key)))
        self.await(run.id, .deed(key), for: run.plan.steps[key.step].timeout + Patience.deed)
    }

    mutating func rollbackArmed(_ key: ActionKey, _ failure: String?) {
        guard awaits(key.run, .arming(key)), let run = run(key.run) else {
            // Too late for the step; nothing is going to be changed.
            if failure == nil { effects.append(.disarmRollback(run: key.run, step: key.step)) }
            return
        }
        self.await(key.run, .nothing, for: nil)
        if let failure {
            settle(
                run,
                key.step,
                attempt: key.attempt,
                ActionOutcome(.notDone("its rollback could not be armed: \(failure)"))
            )
            return advance(key.run)
        }
        if let reason = reasonNotToBegin(run) {
            effects.append(.disarmRollback(run: key.run, step: key.step))
            settle(run, key.step, attempt: key.attempt, ActionOutcome(.notDone(reason)))
            return isInAftercare(run)
                ? endAftercare(run.id, reason) : finish(run.id, run.progress.stop ?? .cancelled, reason)
        }
        let within = run.plan.steps[key.step].confirmWithin ?? .zero
        let armedAt = now
        update(key.run) { progress in
            progress.armed.removeAll { $0.step == key.step }
            progress.armed.append(ArmedRollback(step: key.step, at: armedAt, within: within))
        }
        perform(run, key)
    }

    mutating func deedFinished(_ key: ActionKey, _ outcome: ActionOutcome) {
        guard let run = run(key.run), awaits(key.run, .deed(key)) || awaits(key.run, .cancelling(key)) else { return }
        settle(run, key.step, attempt: key.attempt, outcome)
        self.await(key.run, .nothing, for: nil)
        advance(key.run)
    }

    /// The deed has had its time and more: it is told to stop, and then given up.
    mutating func deedTimedOut(_ id: String, _ key: ActionKey) {
        effects.append(.cancel(key))
        self.await(id, .cancelling(key), for: Patience.cancelling)
    }

    mutating func cancellationTimedOut(_ id: String, _ key: ActionKey) {
        deedFinished(key, ActionOutcome(.unknown, message: "it neither ended nor could be stopped"))
    }

    // MARK: An operator's word in the middle of a run

    private mutating func askOperator(_ run: Run, _ key: ActionKey) {
        let arguments = run.plan.steps[key.step].arguments
        let within = arguments.duration("within") ?? settings.approvalExpires
        self.await(run.id, .operatorStep(key), for: within)
        notify(.approvalWanted, run, arguments.text("ask") ?? "\(run.playbook) asks whether to go on")
    }

    mutating func operatorAnswered(_ id: String, _ key: ActionKey, isGranted: Bool, by name: String) {
        guard let run = run(id) else { return }
        let outcome =
            isGranted
            ? ActionOutcome(.succeeded, message: "\(name) said yes")
            : ActionOutcome(.failed("\(name) said no"), message: "\(name) said no")
        settle(run, key.step, attempt: key.attempt, outcome)
        self.await(id, .nothing, for: nil)
        advance(id)
    }
}
