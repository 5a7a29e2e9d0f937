import Metrics

// The end of consideration: a run begins, or is blocked.
extension Healer {
    mutating func start(_ id: String, _ verdicts: [GuardVerdict]) {
        guard var run = run(id) else { return }
        run.progress.verdicts = verdicts
        run.progress.phase = .running
        run.progress.section = .rung(0)
        run.progress.startedAt = now
        run.progress.reason = ""
        run.progress.closure = Set((live[id]?.survey?.units ?? []).flatMap(\.needs)).sorted()
        // Before the run itself: of a crash in between nothing remains but a place in the budget, never a run without one.
        commit(
            .started(
                StartMark(run: id, playbook: run.playbook, subject: memory.identities.patient(run.subject), at: now)
            )
        )
        var course = memory.course(of: run.playbook, run.subject)
        if case .open = course.breaker, run.requestedBy == nil {
            course.breaker = .halfOpen(run: id)
            course.lastRun = id
            course.lastAlert = run.alert.labels
            course.lastStartsAt = run.alert.startsAt
            course.lastEnding = nil
            commit(.course(course))
        }
        register(run)
        for labels in run.alerts {
            alerts[labels]?.told = [:]
            hold(run, labels)
        }
        self.await(id, .nothing, for: nil)
        advance(id)
    }

    /// A guard said no, or it was only asked what they would say.
    mutating func conclude(_ id: String, _ verdicts: [GuardVerdict], refusal: GuardVerdict?) {
        guard var run = run(id) else { return }
        run.progress.verdicts = verdicts
        if let command = live[id]?.dryRun {
            effects.append(.reply(command, .wouldRun(RunSnapshot(run: run, waitingFor: "", at: now))))
            considered[id] = nil
            live[id] = nil
            return
        }
        guard let refusal else { return }
        guard considered[id] != nil else {
            update(id) { $0.verdicts = verdicts }
            for labels in run.alerts { alerts[labels]?.told[run.playbook, default: []].insert(refusal.guardName) }
            retryAll(run, after: refusal.retryAfter)
            return finish(id, .blocked, refusal.sentence)
        }
        blocked(run, refusal)
    }

    /// A run that nobody has heard of yet is told once for each guard that refuses it, however often it is tried again.
    private mutating func blocked(_ run: Run, _ refusal: GuardVerdict) {
        var run = run
        let others = live[run.id]?.others ?? []
        let key = run.alert.labels
        let isNews = run.requestedBy != nil || alerts[key]?.told[run.playbook]?.contains(refusal.guardName) != true
        releaseLease(of: run)
        run.progress.lease = nil
        considered[run.id] = nil
        live[run.id] = nil
        if isNews {
            run.progress.phase = .ended(.blocked)
            run.progress.reason = refusal.sentence
            run.progress.endedAt = now
            commit(.opened(run), isHistoryFailing ? .synced : .grouped)
            alerts[key]?.told[run.playbook, default: []].insert(refusal.guardName)
            if !refusal.guardName.isExpected {
                notify(.blocked, run, "\(run.playbook) was blocked: \(refusal.sentence)")
            }
        }
        retryAll(run, after: refusal.retryAfter)
        locksReleased()
        guard run.requestedBy == nil, let alert = alerts[key]?.alert else { return }
        propose(others, for: alert)
    }

    private mutating func retryAll(_ run: Run, after span: Milliseconds?) {
        guard let span else { return }
        for labels in run.alerts { retry(labels, after: span) }
    }
}

extension GuardName {
    /// Somebody has decided it, or is told in another way: no news of each single refusal.
    var isExpected: Bool {
        switch self {
        case .killSwitch, .mode, .repeated, .storm, .flapping, .maintenance: true
        case .plan, .protected, .warmUp, .evidence, .subjects, .require, .dependency, .cooldown, .limit, .breaker,
            .history, .lock, .fleet, .approval:
            false
        }
    }
}
