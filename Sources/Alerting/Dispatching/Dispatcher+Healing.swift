import Metrics

extension Dispatcher {
    /// Takes in what the runs have to say. Holds end before notices are told, so that both become one message.
    mutating func heal(_ signals: [HealingSignal], at now: Timestamp, _ effects: inout [DispatchEffect]) {
        for case .notice(let notice) in signals { take(notice, at: now, &effects) }
        for signal in signals {
            switch signal {
            case .hold(let fingerprint, let run, let playbook, let until):
                holds[fingerprint] = Hold(run: run, playbook: playbook, until: until)
                holdWakes.push(fingerprint, at: until)
            case .release(let fingerprint, let run): release(fingerprint, run: run, at: now)
            case .notice: break
            }
        }
    }

    /// Ends a hold; groups that kept the alert back speak at once.
    mutating func release(_ fingerprint: Fingerprint, run: String, at now: Timestamp) {
        guard holds[fingerprint]?.run == run else { return }
        holds[fingerprint] = nil
        // An alert that is over may be known to its groups alone.
        for (id, group) in groups where group.members[fingerprint]?.verdict == .held {
            speak(id, at: now)
        }
    }

    private mutating func speak(_ id: AggregationGroup.ID, at now: Timestamp) {
        groups[id]?.nextFlush = now
        wakes.push(id, at: now)
    }

    private mutating func take(_ notice: HealingNotice, at now: Timestamp, _ effects: inout [DispatchEffect]) {
        if notice.word.occasion == .message { return pass(notice, at: now, &effects) }
        let fingerprint = Fingerprint(notice.labels)
        let homes = groups(of: notice.labels)
        if notice.word.occasion == .healed, !isPaged(fingerprint, homes), isQuiet(notice, at: now, &effects) { return }
        let target = notice.receiver ?? (notice.word.occasion.isEscalation ? settings.healing.escalation : nil)
        let receivers = Set(homes.map { settings.routes.routes[$0.route].options.receiver })
        if let target, !receivers.contains(target) {
            tell(
                target,
                [notified(notice, at: now)],
                groupKey: "medic/run/\(notice.word.run)",
                groupLabels: notice.labels,
                .escalation,
                at: now,
                &effects
            )
        }
        for id in homes {
            groups[id]?.members[fingerprint]?.healing = notice.word
            guard let group = groups[id], group.hasFlushed || group.members[fingerprint]?.verdict == .held else {
                continue
            }
            speak(id, at: now)
        }
        // The alert is no longer in any group, so the word goes where the alert went.
        guard homes.isEmpty, target == nil else { return }
        for receiver in settings.routes.receivers(for: notice.labels) {
            let alert = notified(notice, at: now)
            let key = "medic/run/\(notice.word.run)"
            tell(receiver, [alert], groupKey: key, groupLabels: notice.labels, .escalation, at: now, &effects)
        }
    }

    /// A message is for the one it is addressed to, and changes nothing about how the alert fares.
    private mutating func pass(_ notice: HealingNotice, at now: Timestamp, _ effects: inout [DispatchEffect]) {
        guard let receiver = notice.receiver else { return }
        let key = "medic/run/\(notice.word.run)"
        tell(
            receiver,
            [notified(notice, at: now)],
            groupKey: key,
            groupLabels: notice.labels,
            .escalation,
            at: now,
            &effects
        )
    }

    /// Whether somebody was told that the alert fires: they must be told of its end, whatever else is told of heals.
    private func isPaged(_ fingerprint: Fingerprint, _ homes: [AggregationGroup.ID]) -> Bool {
        homes.contains { id in
            guard let group = groups[id], let member = group.members[fingerprint] else { return false }
            return isToldToFire(member.alert, group)
        }
    }

    /// A heal that nobody is told of at once: kept for the digest, or for the history alone.
    private mutating func isQuiet(
        _ notice: HealingNotice,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) -> Bool {
        let fingerprint = Fingerprint(notice.labels)
        switch settings.healing.healed {
        case .message: return false
        case .nothing:
            effects.append(.trail(entry(fingerprint, .dropped, notice.word.sentence, at: now)))
        case .digest:
            guard settings.healing.digest != nil else { return false }
            guard digest.count < settings.limits.digestEntries else {
                counts.digestEntriesDropped += 1
                effects.append(.trail(entry(fingerprint, .dropped, "the digest is full", at: now)))
                return true
            }
            let element = DigestEntry(alert: notified(notice, at: now), at: now)
            digest.append(element)
            effects.append(.save(.digest(element)))
            effects.append(.trail(entry(fingerprint, .digest, notice.word.sentence, at: now)))
        }
        return true
    }

    private func notified(_ notice: HealingNotice, at now: Timestamp) -> NotifiedAlert {
        let alert = store[Fingerprint(notice.labels)]?.settled(at: now)
        let isOver = notice.word.occasion == .healed
        return NotifiedAlert(
            labels: notice.labels,
            annotations: alert?.annotations ?? [],
            startsAt: alert?.startsAt ?? now,
            endsAt: alert?.endsAt ?? (isOver ? now : nil),
            generatorURL: alert?.generatorURL ?? "",
            healing: notice.word
        )
    }

    /// Tells what healed since the last digest.
    mutating func tellDigest(at now: Timestamp, _ effects: inout [DispatchEffect]) {
        digestDue = settings.healing.digest?.next(after: now)
        guard !digest.isEmpty, let receiver = settings.healing.digest?.receiver else { return }
        tell(receiver, digest.map(\.alert), groupKey: "medic/digest", .digest, at: now, &effects)
        digest = []
        effects.append(.save(.digestGone))
    }
}
