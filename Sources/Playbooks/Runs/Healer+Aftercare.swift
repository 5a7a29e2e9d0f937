import Metrics

// What is to be done once the alert is over, maybe days and restarts later.
extension Healer {
    mutating func beginAftercare(_ id: String) {
        guard let run = run(id), isInAftercare(run) || run.progress.aftercare == .awaiting && isOver(run) else {
            // The alert is back: its next end is waited for.
            return self.await(id, .nothing, for: nil)
        }
        let names = memory.identities
        let wanted = Set(run.plan.locks.map(names.lock))
        let isHeld = holders(but: id).contains { holder in
            names.patient(holder.subject) == names.patient(run.subject)
                || holder.plan.locks.contains { wanted.contains(names.lock($0)) }
        }
        guard !isHeld, !isStopped, settings.ceiling >= .approve, !isHistoryFailing else {
            return self.await(id, .aftercare, for: Patience.aftercare)
        }
        if run.progress.aftercare == .awaiting {
            update(id) { progress in
                progress.aftercare = .running
                progress.section = .onResolved
            }
        }
        self.await(id, .nothing, for: nil)
        advance(id)
    }

    mutating func endAftercare(_ id: String, _ failure: String) {
        guard let run = run(id), !run.isOpen, !run.isForgettable else { return }
        update(id) { $0.aftercare = .done }
        live[id] = nil
        if !failure.isEmpty {
            notify(.unhealed, run, "\(run.playbook): what was to be done afterwards failed: \(failure)")
        }
        locksReleased()
    }

    /// Debts of runs whose alert does not end are not kept for ever.
    mutating func forgetOldAftercare() {
        for run in memory.runs.values where run.progress.aftercare == .awaiting {
            guard let end = run.progress.endedAt, end.age(at: now) > Patience.aftercareKept else { continue }
            log(.warning, "the alert has not ended for a week; its aftercare is given up", [("run", run.id)])
            update(run.id) { $0.aftercare = .done }
            live[run.id] = nil
        }
    }
}
