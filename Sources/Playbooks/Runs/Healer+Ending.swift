import Metrics

// The end of a run: what it leaves behind, who is told, who comes next.
extension Healer {
    mutating func finish(_ id: String, _ ending: RunEnding, _ reason: String) {
        guard var run = run(id), run.isOpen else { return }
        if ending == .healed && treatedNobody(run) {
            return finish(id, .unneeded, "nothing was treated, and the patient is well")
        }
        if case .deed(let key) = live[id]?.awaiting ?? .nothing { effects.append(.cancel(key)) }
        if case .arming(let key) = live[id]?.awaiting ?? .nothing {
            effects.append(.disarmRollback(run: id, step: key.step))
        }
        if ending == .healed { disarm(&run) }
        releaseLease(of: run)
        run.progress.lease = nil
        run.progress.phase = .ended(ending)
        run.progress.endedAt = now
        run.progress.reason = reason
        run.progress.stop = nil
        run.progress.aftercare = hasAftercare(run) ? .awaiting : .none
        // First what the run leaves behind: of a crash in between remains a run that ends again, never an end without its cooldown.
        endCourse(run, ending)
        register(run)
        let isOver = live[id]?.isOver ?? false
        live[id] = nil
        if run.progress.aftercare == .awaiting {
            supersedeAftercare(of: run)
            live[id] = LiveRun()
            live[id]?.isOver = isOver
        }
        settleHolds(run, ending)
        tell(run, ending)
        locksReleased()
        if run.progress.aftercare == .awaiting && isOver { beginAftercare(id) }
        for labels in run.alerts where alerts[labels] != nil {
            // The end of the run has been told; that it now rests is no news.
            alerts[labels]?.told[run.playbook, default: []].formUnion([.cooldown, .breaker])
            consider(labels)
        }
    }

    /// Whether there was something to be done, and all of it was passed over: the alert was over by then, or the steps' conditions did not
    /// hold. Such a run has healed nobody. It leaves no cooldown behind, for the next illness has not been treated yet; it is no heal
    /// on the scorecard or in the week's budget; and when the alert comes back, that is no recurrence for the breaker to count. Its
    /// place in the limits stays taken, for it began.
    private func treatedNobody(_ run: Run) -> Bool {
        let treating = run.steps.filter {
            run.plan.steps[$0.step].isTreatment && !run.plan.onResolved.contains($0.step)
        }
        return !treating.isEmpty && treating.allSatisfy { $0.attempt == 0 }
    }

    private mutating func disarm(_ run: inout Run) {
        for armed in run.progress.armed { effects.append(.disarmRollback(run: run.id, step: armed.step)) }
        run.progress.armed = []
    }

    mutating func releaseLease(of run: Run) {
        if let lease = run.progress.lease { effects.append(.releaseLease(lease, run: run.id)) }
    }

    /// Whether there is something to be taken back once the alert is over.
    private func hasAftercare(_ run: Run) -> Bool {
        guard !run.plan.onResolved.isEmpty, run.alert.origin != .command else { return false }
        return run.steps.contains { record in
            guard record.attempt > 0, !run.plan.onResolved.contains(record.step) else { return false }
            if case .notDone = record.outcome?.result { return false }
            return true
        }
    }

    /// The newest run of a playbook and subject takes over what former ones were to do afterwards.
    private mutating func supersedeAftercare(of run: Run) {
        for former in memory.runs.values.sorted(by: { $0.openedAt.wall < $1.openedAt.wall })
        where former.id != run.id && former.playbook == run.playbook && former.progress.aftercare == .awaiting
            && memory.identities.patient(former.subject) == memory.identities.patient(run.subject)
        {
            update(former.id) { $0.aftercare = .done }
            live[former.id] = nil
        }
    }

    private mutating func settleHolds(_ run: Run, _ ending: RunEnding) {
        // Only healed keeps the page quiet: its alerts are still held until they are over, or their time is.
        for labels in run.alerts where ending != .healed || alerts[labels] == nil { release(labels) }
    }

    private mutating func tell(_ run: Run, _ ending: RunEnding) {
        let occasion: HealingNotice.Occasion
        switch ending {
        case .blocked: occasion = .blocked
        case .refused: occasion = .refused
        case .expired: occasion = .expired
        case .healed: occasion = .healed
        case .unhealed: occasion = .unhealed
        case .inconclusive: occasion = .inconclusive
        case .interrupted: occasion = .interrupted
        case .cancelled: occasion = .cancelled
        case .unneeded, .observed: return
        }
        notify(occasion, run, "\(run.playbook): \(ending.rawValue): \(run.progress.reason)")
    }

    // MARK: Holds

    mutating func hold(_ run: Run, _ labels: Labels) {
        guard let began = run.progress.startedAt, run.plan.page.hold > .zero else { return }
        let left = run.plan.page.hold - began.age(at: now)
        guard left > .zero else { return }
        let until = now.monotonic + left
        guard holds[labels].map({ $0.until < until }) ?? true else { return }
        holds[labels] = Hold(until: until)
        effects.append(.hold(alert: labels, until: now + left))
    }

    mutating func release(_ labels: Labels) {
        guard holds.removeValue(forKey: labels) != nil else { return }
        effects.append(.release(alert: labels))
    }
}
