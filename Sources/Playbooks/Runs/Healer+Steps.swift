import JSON
import Metrics

// The steps of a run, one after another. What is next follows from the record alone, so that going on after a restart is the same as going on.
extension Healer {
    /// Where a step stands, as the record tells.
    enum Standing {
        case done
        case failed(String)
        /// Nobody knows what it did.
        case doubtful
        /// It is to be done; after a delay where it failed before.
        case due(attempt: Int, isRetry: Bool)
    }

    func standing(_ run: Run, _ index: Int) -> Standing {
        let step = run.plan.steps[index]
        guard let record = run[step: index] else { return .due(attempt: 1, isRetry: false) }
        if record.skipped != nil { return .done }
        let attempts = step.retry?.attempts ?? 1
        switch record.outcome?.result {
        case .succeeded: return .done
        case nil:
            // Begun, and no outcome: a restart came between.
            guard step.isRepeatable else { return .doubtful }
            guard record.attempt < attempts + Patience.interruptions else { return .doubtful }
            return .due(attempt: record.attempt + 1, isRetry: false)
        case .unknown:
            guard step.isRepeatable else { return .doubtful }
            return retried(record, attempts, "its outcome is unknown")
        case .failed(let reason): return retried(record, attempts, reason)
        case .timedOut:
            return step.isRepeatable ? retried(record, attempts, "it timed out") : .failed("it timed out")
        case .cancelled: return .failed("it was cancelled")
        case .notDone(let reason): return .failed(reason)
        }
    }

    private func retried(_ record: StepRecord, _ attempts: Int, _ reason: String) -> Standing {
        record.attempt < attempts ? .due(attempt: record.attempt + 1, isRetry: true) : .failed(reason)
    }

    func range(of section: RunSection, _ plan: RunPlan) -> Range<Int> {
        switch section {
        case .rung(let index): plan.rungs.indices.contains(index) ? plan.rungs[index] : 0..<0
        case .onUnhealed: plan.onUnhealed
        case .onResolved: plan.onResolved
        }
    }

    /// Does the next thing there is to do.
    mutating func advance(_ id: String) {
        // Each turn settles a step, so that there are no more turns than steps.
        while let run = run(id), awaits(id, .nothing), run.progress.phase == .running || isInAftercare(run) {
            if let stop = run.progress.stop { return finish(id, stop, run.progress.reason) }
            let due = range(of: run.progress.section, run.plan).first { index in
                if case .done = standing(run, index) { return false }
                if case .failed = standing(run, index) { return run.plan.steps[index].onError == .stop }
                return true
            }
            guard let due else { return sectionDone(run) }
            switch standing(run, due) {
            case .done: return
            case .failed(let reason):
                return sectionFailed(run, "step \(due + 1) (\(run.plan.steps[due].name)): \(reason)")
            case .doubtful: return doubt(run, due)
            case .due(let attempt, let isRetry): approach(run, due, attempt: attempt, isRetry: isRetry)
            }
        }
    }

    func isInAftercare(_ run: Run) -> Bool { run.progress.aftercare == .running }

    /// A step is due: what has to be settled before it may begin?
    private mutating func approach(_ run: Run, _ index: Int, attempt: Int, isRetry: Bool) {
        let step = run.plan.steps[index]
        if step.isSkipped { return skip(run, index, "its condition does not hold") }
        if step.isTreatment && !isInAftercare(run) && isOver(run) { return skip(run, index, "the alert is over") }
        if isStopped { return stopped(run) }
        if isRetry, let retry = step.retry,
            live[run.id]?.delayed != ActionKey(run: run.id, step: index, attempt: attempt)
        {
            let key = ActionKey(run: run.id, step: index, attempt: attempt)
            return self.await(run.id, .backoff(key), for: delay(retry, after: attempt - 1))
        }
        prepare(run, index, attempt: attempt)
    }

    private mutating func prepare(_ run: Run, _ index: Int, attempt: Int) {
        let step = run.plan.steps[index]
        let met = live[run.id]?.conditionsMet ?? 0
        if met < step.conditions.count {
            let question = ask(.expression(run: run.id, step.conditions[met]))
            return self.await(
                run.id,
                .conditions(question, step: index, number: met),
                for: Patience.question
            )
        }
        if needsLease(run, for: step), live[run.id]?.leaseRenewed != true, let request = leaseRequest(run) {
            let question = ask(.lease(run: run.id, request))
            return self.await(run.id, .renewal(question), for: Patience.question)
        }
        live[run.id]?.conditionsMet = nil
        live[run.id]?.leaseRenewed = false
        intend(run, index, attempt: attempt)
    }

    /// Whether there is no lease where one is required, or it might end before the step does.
    private func needsLease(_ run: Run, for step: PlannedStep) -> Bool {
        if isInAftercare(run) { return false }
        guard let lease = run.progress.lease else { return run.plan.terms.fleet?.store == .required }
        return lease.expires.boot != now.boot || lease.expires.monotonic - now.monotonic < step.timeout + .minutes(1)
    }

    mutating func delayOver(_ id: String, _ key: ActionKey) {
        live[id]?.delayed = key
        self.await(id, .nothing, for: nil)
        advance(id)
    }

    /// Somebody else has the run's place by now: nothing further is done.
    mutating func leaseLost(_ id: String, _ reason: String = "the fleet's store gave its place away") {
        guard let run = run(id), run.isOpen else { return }
        update(id) { $0.lease = nil }
        guard run.progress.phase == .running || live[id]?.holdsLocks == true else { return }
        stop(id, .interrupted, "it lost its place in the fleet's budget: \(reason)")
    }

    /// Ends the run as soon as the deed in hand is over.
    mutating func stop(_ id: String, _ ending: RunEnding, _ reason: String) {
        switch live[id]?.awaiting {
        case .deed, .cancelling, .intent, .arming:
            update(id) { progress in
                progress.stop = ending
                progress.reason = reason
            }
        default: finish(id, ending, reason)
        }
    }

    private mutating func skip(_ run: Run, _ index: Int, _ reason: String) {
        // What was begun before a restart, or has failed, was done all the same: it is not forgotten with the attempt that is passed over.
        var record = run[step: index] ?? StepRecord(step: index, attempt: 0, begunAt: now)
        record.endedAt = now
        record.skipped = reason
        live[run.id]?.conditionsMet = nil
        commit(.outcome(run: run.id, record))
    }

    private mutating func stopped(_ run: Run) {
        if isInAftercare(run) { return self.await(run.id, .aftercare, for: Patience.aftercare) }
        finish(run.id, .cancelled, "healing was stopped")
    }

    /// min(cap, base * 2^n), and only then the jitter.
    private mutating func delay(_ retry: Step.Retry, after failures: Int) -> Milliseconds {
        let base = retry.backoff.lowerBound.rawValue
        let cap = retry.backoff.upperBound.rawValue
        let doublings = Swift.min(Swift.max(failures - 1, 0), 40)
        let (raw, overflow) = base.multipliedReportingOverflow(by: 1 << Int64(doublings))
        let bounded = Double(overflow ? cap : Swift.min(cap, raw))
        return Milliseconds(Int64(bounded * (1 + random.unit())))
    }

    // MARK: Conditions

    mutating func conditionAnswered(_ id: String, _ index: Int, _ number: Int, _ answer: ExpressionAnswer) {
        guard let run = run(id) else { return }
        self.await(id, .nothing, for: nil)
        switch answer {
        case .returned(true): live[id]?.conditionsMet = number + 1
        case .returned(false): skip(run, index, "'\(run.plan.steps[index].conditions[number])' returns nothing")
        case .failed(let reason):
            settle(run, index, attempt: 1, ActionOutcome(.notDone("its condition could not be asked: \(reason)")))
        }
        advance(id)
    }

    mutating func renewed(_ id: String, _ answer: LeaseAnswer) {
        self.await(id, .nothing, for: nil)
        switch answer {
        case .granted(let lease):
            update(id) { $0.lease = lease }
            live[id]?.leaseRenewed = true
            advance(id)
        case .refused(let reason, _): leaseLost(id, reason)
        case .unreachable(let reason):
            // The lease is ours until it ends; after that nobody can say whose it is.
            let isOurs = run(id)?.progress.lease.map {
                $0.expires.boot == now.boot && $0.expires.monotonic > now.monotonic
            }
            guard isOurs == true || run(id)?.plan.terms.fleet?.store == .preferred else { return leaseLost(id, reason) }
            live[id]?.leaseRenewed = true
            advance(id)
        }
    }

    /// Records how an attempt ended.
    mutating func settle(_ run: Run, _ index: Int, attempt: Int, _ outcome: ActionOutcome) {
        var record =
            run[step: index].flatMap { $0.attempt == attempt ? $0 : nil }
            ?? StepRecord(step: index, attempt: attempt, begunAt: now)
        record.endedAt = now
        record.outcome = outcome
        commit(.outcome(run: run.id, record))
    }
}
