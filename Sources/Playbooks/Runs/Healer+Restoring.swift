import Metrics

// After a restart: every run that is open goes on where its record ends.
extension Healer {
    mutating func resumeAll() {
        for course in memory.courses.values.sorted(by: { $0.subject < $1.subject }) {
            guard case .halfOpen(let id) = course.breaker, memory.runs[id] == nil, course.watchedSince == nil else {
                continue
            }
            // The trial itself never reached the record.
            var course = course
            course.breaker = .open(since: now, for: .zero)
            commit(.course(course))
        }
        for run in memory.runs.values.sorted(by: { (Int64($0.id) ?? 0) < (Int64($1.id) ?? 0) })
        where live[run.id] == nil {
            live[run.id] = LiveRun()
            resume(run)
        }
    }

    private mutating func resume(_ run: Run) {
        switch run.progress.phase {
        case .considered:
            // It was approved, and its guards are to be asked again.
            live[run.id]?.considerUntil = now.monotonic + run.plan.terms.lockWait + Patience.considering
            preflight(run.id)
        case .waiting(let since):
            self.await(run.id, .approval, for: Swift.max(.zero, settings.approvalExpires - since.age(at: now)))
        case .running:
            for labels in run.alerts { hold(run, labels) }
            advance(run.id)
        case .verifying:
            for labels in run.alerts { hold(run, labels) }
            beginMeasuring(run)
        case .ended:
            if run.progress.aftercare == .running {
                live[run.id]?.isOver = true
                self.await(run.id, .aftercare, for: .zero)
            }
        }
    }
}
