import Metrics

// Whether it helped: three outcomes, and what follows from each.
extension Healer {
    mutating func sectionDone(_ run: Run) {
        if run.progress.section == .onResolved { return endAftercare(run.id, "") }
        verify(run.id)
    }

    mutating func sectionFailed(_ run: Run, _ reason: String) {
        if run.progress.section == .onResolved { return endAftercare(run.id, reason) }
        if isOver(run) { return verify(run.id) }
        escalateWithin(run, reason)
    }

    /// Nothing is done on top of a deed of which nobody knows whether it was done.
    mutating func doubt(_ run: Run, _ index: Int) {
        if run[step: index]?.isUnsettled == true, let attempt = run[step: index]?.attempt {
            let outcome = ActionOutcome(.unknown, message: "medic was restarted while it was being done")
            settle(run, index, attempt: attempt, outcome)
        }
        let reason = "the outcome of step \(index + 1) (\(run.plan.steps[index].name)) is unknown"
        if isInAftercare(run) { return endAftercare(run.id, reason) }
        update(run.id) { progress in
            progress.isDoubtful = true
            progress.reason = reason
        }
        verify(run.id)
    }

    /// The next rung of the ladder, or what the playbook has for when all failed; else the run has not healed.
    private mutating func escalateWithin(_ run: Run, _ reason: String) {
        if run.progress.isDoubtful { return finish(run.id, .interrupted, run.progress.reason) }
        var next: RunSection?
        if case .rung(let index) = run.progress.section {
            if index + 1 < run.plan.rungs.count {
                next = .rung(index + 1)
            } else if !run.plan.onUnhealed.isEmpty {
                next = .onUnhealed
            }
        }
        guard let next else { return finish(run.id, .unhealed, reason) }
        update(run.id) { progress in
            progress.phase = .running
            progress.section = next
            progress.reason = reason
        }
        self.await(run.id, .nothing, for: nil)
        advance(run.id)
    }

    private mutating func verify(_ id: String) {
        let since = now
        update(id) { progress in
            progress.phase = .verifying(since: since)
            progress.lastMeasurement = nil
        }
        if let run = run(id) { beginMeasuring(run) }
    }

    mutating func beginMeasuring(_ run: Run) {
        live[run.id]?.healthy = 0
        live[run.id]?.inconclusive = 0
        if run.plan.verification.expression == nil {
            if run.alert.isFromWebhook && isOver(run) { return finish(run.id, .healed, "the alert's end was told") }
            if run.alert.origin == .command {
                return finish(run.id, .inconclusive, "there is no alert and no expression to measure by")
            }
        }
        self.await(run.id, .nextMeasurement, for: untilNextMeasurement(run))
    }

    /// The next measurement, or the end of verification if that comes first.
    private func untilNextMeasurement(_ run: Run) -> Milliseconds {
        Swift.min(run.plan.verification.every, verificationLeft(run))
    }

    private func verificationLeft(_ run: Run) -> Milliseconds {
        guard case .verifying(let since) = run.progress.phase else { return .zero }
        return Swift.max(.zero, run.plan.verification.within - since.age(at: now))
    }

    mutating func measure(_ id: String) {
        guard let run = run(id), case .verifying(let since) = run.progress.phase else { return }
        let terms = run.plan.verification
        if run.alert.isFromWebhook && terms.expression == nil {
            // Nobody can be asked: the message comes or it does not.
            guard verificationLeft(run) > .zero else { return verificationFailed(run) }
            return self.await(id, .nextMeasurement, for: untilNextMeasurement(run))
        }
        let request = HealthRequest(
            subject: run.subject,
            alert: run.alert,
            expression: terms.expression,
            since: since.wall
        )
        let question = ask(.health(run: id, request))
        self.await(id, .measurement(question), for: Patience.measurement)
    }

    mutating func measured(_ id: String, _ measurement: Measurement) {
        guard let run = run(id), let companion = live[id] else { return }
        let terms = run.plan.verification
        commit(.measured(run: id, measurement, at: now))
        if run.progress.lastMeasurement != measurement { update(id) { $0.lastMeasurement = measurement } }
        switch measurement {
        case .healthy:
            live[id]?.healthy = companion.healthy + 1
            live[id]?.inconclusive = 0
            if companion.healthy + 1 >= terms.healthy {
                return finish(id, .healed, "well \(terms.healthy) times in a row")
            }
        case .ill:
            live[id]?.healthy = 0
            live[id]?.inconclusive = 0
        case .inconclusive(let reason):
            live[id]?.healthy = 0
            live[id]?.inconclusive = companion.inconclusive + 1
            if companion.inconclusive + 1 > terms.inconclusive {
                return finish(
                    id,
                    .inconclusive,
                    "\(companion.inconclusive + 1) measurements in a row failed: \(reason)"
                )
            }
        }
        guard let run = self.run(id) else { return }
        guard verificationLeft(run) > .zero else {
            // Found well at the end of its time, it is not given up in the middle of the proof: nobody rolls back what has just healed.
            // That adds at most as many measurements as are wanted in a row.
            guard measurement == .healthy else { return verificationFailed(run) }
            return self.await(id, .nextMeasurement, for: terms.every)
        }
        self.await(id, .nextMeasurement, for: untilNextMeasurement(run))
    }

    private mutating func verificationFailed(_ run: Run) {
        if case .inconclusive(let reason) = run.progress.lastMeasurement {
            return finish(run.id, .inconclusive, "the last measurement failed: \(reason)")
        }
        if run.progress.isDoubtful { return finish(run.id, .interrupted, run.progress.reason) }
        escalateWithin(run, "the patient was not well within \(run.plan.verification.within.promQLText)")
    }
}
