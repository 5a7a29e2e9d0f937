import Metrics

// Alerts come and go: who is considered, who joins, who is over.
extension Healer {
    mutating func alertFires(_ alert: FiringAlert) {
        if var state = alerts[alert.labels], state.alert.startsAt == alert.startsAt {
            state.alert = alert
            alerts[alert.labels] = state
        } else {
            guard alerts[alert.labels] != nil || alerts.count < Self.alertsMax else {
                log(.warning, "too many alerts fire; this one is not treated", [("alert", alert.labels.description)])
                return
            }
            // Heard of late, as after a restart, it is none of those who fall ill just now.
            let isOld = now.wall - alert.startsAt > settings.storm.within
            alerts[alert.labels] = FiringState(alert: alert, since: now, isCounted: isOld)
            noteRecurrences(of: alert)
        }
        for (id, _) in live where run(id)?.alert.labels == alert.labels { live[id]?.isOver = false }
        consider(alert.labels)
    }

    mutating func alertResolved(_ labels: Labels) {
        alerts[labels] = nil
        for id in live.keys.sorted() where run(id)?.alert.labels == labels {
            live[id]?.isOver = true
            alertIsOver(id)
        }
        if let hold = holds[labels], !isTreated(labels) || hold.until <= now.monotonic { release(labels) }
    }

    /// Every alert that fires is known: whoever else is waited for is over.
    mutating func catchUp() {
        isCaughtUp = true
        for id in live.keys.sorted() {
            guard let run = run(id), alerts[run.alert.labels] == nil, run.alert.origin != .command else { continue }
            live[id]?.isOver = true
            alertIsOver(id)
        }
    }

    private mutating func alertIsOver(_ id: String) {
        guard let run = run(id), live[id]?.dryRun == nil else { return }
        switch run.progress.phase {
        case .considered, .waiting: finish(id, .unneeded, "the alert was over before the first step")
        case .verifying where run.alert.isFromWebhook && run.plan.verification.expression == nil && isOver(run):
            finish(id, .healed, "the alert's end was told")
        case .ended where run.progress.aftercare == .awaiting: beginAftercare(id)
        case .running, .verifying, .ended: break
        }
    }

    /// Whether the alert that started the run is over. A doubt counts as no.
    func isOver(_ run: Run) -> Bool { live[run.id]?.isOver ?? false }

    /// Whether a run that has begun is about the alert.
    func isTreated(_ labels: Labels) -> Bool {
        memory.runs.values.contains { $0.progress.phase.isTreating && $0.alerts.contains(labels) }
    }

    /// Looks for a playbook for an alert that fires, unless a run is about it already.
    mutating func consider(_ labels: Labels) {
        alerts[labels]?.retryAt = nil
        guard let state = alerts[labels], !isInHand(labels) else { return }
        let alert = state.alert
        var names: [String] = []
        for playbook in candidates(for: alert) {
            if alert.isFromWebhook && !playbook.acceptsWebhooks { continue }
            let left = wait(of: playbook, for: state)
            guard let left else { continue }
            guard left <= .zero else {
                retry(labels, after: left)
                continue
            }
            if names.isEmpty, let open = openRun(of: playbook.patient(of: alert)) {
                return join(open, alert)
            }
            names.append(playbook.name)
        }
        guard !names.isEmpty else { return }
        propose(names, for: alert)
    }

    /// How long the alert must fire on before the playbook is for it; nil: never.
    private func wait(of playbook: PreparedPlaybook, for state: FiringState) -> Milliseconds? {
        let told = Swift.max(.zero, now.wall - state.alert.startsAt)
        let fired = Swift.max(state.since.age(at: now), told)
        return playbook.triggers.filter { $0.matches(state.alert.labels) }.map { $0.firingFor - fired }.min()
    }

    /// In the order in which they are asked. Whoever has treated this very illness keeps it, or hands it to later ones.
    private func candidates(for alert: FiringAlert) -> ArraySlice<PreparedPlaybook> {
        var latest: (place: Int, course: Course)?
        for (place, playbook) in playbooks.enumerated() {
            let course = memory.course(of: playbook.name, playbook.patient(of: alert))
            guard course.lastAlert == alert.labels, course.lastStartsAt == alert.startsAt else { continue }
            switch course.lastEnding {
            case .healed, .unhealed, .inconclusive, .interrupted, .cancelled:
                if number(course.lastRun) > number(latest?.course.lastRun) { latest = (place, course) }
            case .refused, .expired, .observed:
                // It has had its say about this illness.
                if number(course.lastRun) > number(latest?.course.lastRun) { latest = (place, course) }
            case .blocked, .unneeded, nil: continue
            }
        }
        guard let latest else { return playbooks[...] }
        switch latest.course.lastEnding {
        case .refused, .expired, .observed, .cancelled: return []
        case .unhealed where playbooks[latest.place].continues && latest.place + 1 < playbooks.count:
            let later = playbooks[(latest.place + 1)...]
            let isWanted = later.contains { playbook in playbook.triggers.contains { $0.matches(alert.labels) } }
            return isWanted ? later : playbooks[latest.place...latest.place]
        default: return playbooks[latest.place...latest.place]
        }
    }

    private func number(_ run: String?) -> Int64 { run.flatMap { Int64($0) } ?? -1 }

    private func isInHand(_ labels: Labels) -> Bool {
        considered.values.contains { $0.alerts.contains(labels) && live[$0.id]?.dryRun == nil }
            || memory.runs.values.contains { $0.isOpen && $0.alerts.contains(labels) }
    }

    func openRun(of subject: Labels, but id: String? = nil) -> String? {
        guard !subject.isEmpty else { return nil }
        let patient = memory.identities.patient(subject)
        let open = considered.values.filter { live[$0.id]?.dryRun == nil } + memory.runs.values.filter(\.isOpen)
        return open.filter { $0.id != id && memory.identities.patient($0.subject) == patient }.map(\.id).min()
    }

    mutating func join(_ id: String, _ alert: FiringAlert) {
        // Enough to tell a story by; the rest are treated with the subject all the same.
        guard let run = run(id), run.progress.joined.count < 100 else { return }
        update(id) { $0.joined.append(alert.labels) }
        if run.progress.phase.isTreating { hold(run, alert.labels) }
    }

    /// Considers the alert again after so long, or earlier if something else wants it to be.
    mutating func retry(_ labels: Labels, after span: Milliseconds) {
        let at = now.monotonic + Swift.max(span, Milliseconds(100))
        let former = alerts[labels]?.retryAt ?? at
        alerts[labels]?.retryAt = Swift.min(at, former)
    }
}
