import Metrics

extension Dispatcher {
    /// Does all that is due.
    mutating func advance(to now: Timestamp, _ effects: inout [DispatchEffect]) {
        while let due = holdWakes.pop(at: now) {
            guard let hold = holds[due.element], hold.until <= now else { continue }
            release(due.element, run: hold.run, at: now)
        }
        while let due = wakes.pop(at: now) {
            // The group may be gone, or may have been told to speak at another time.
            guard let group = groups[due.element], group.nextFlush == due.at else { continue }
            let next = now + settings.routes.routes[group.id.route].options.groupInterval
            groups[group.id]?.nextFlush = next
            groups[group.id]?.hasFlushed = true
            wakes.push(group.id, at: next)
            flush(group.id, at: now, &effects)
        }
        if let due = digestDue, due <= now { tellDigest(at: now, &effects) }
        maintain(at: now, &effects)
    }

    private mutating func maintain(at now: Timestamp, _ effects: inout [DispatchEffect]) {
        if hasEmptyGroups, now >= emptyDue {
            hasEmptyGroups = false
            for (name, id) in groupIDs where groups[id]?.members.isEmpty ?? true {
                groups[id] = nil
                groupIDs[name] = nil
            }
        }
        guard now >= collectDue else { return }
        collectDue = now + Self.collectInterval
        endSilences(at: now, &effects)
        for alert in store.collect(at: now) {
            inhibitor.remove(alert)
            if savedEnds.removeValue(forKey: alert.fingerprint) != nil || alert.origin != .own {
                effects.append(.save(.alertGone(alert.fingerprint)))
            }
        }
        for id in silences.collect(at: now) {
            usedSilences.remove(id)
            effects.append(.save(.silenceGone(id: id)))
        }
        for key in log.collect(at: now) { effects.append(.save(.toldGone(key))) }
        for fingerprint in acknowledgements.keys where store[fingerprint] == nil {
            acknowledgements[fingerprint] = nil
            effects.append(.save(.acknowledgementGone(fingerprint)))
        }
    }

    /// Tells the integrations of a group's receiver what they do not know yet.
    private mutating func flush(_ id: AggregationGroup.ID, at now: Timestamp, _ effects: inout [DispatchEffect]) {
        guard var group = groups.removeValue(forKey: id) else { return }
        defer {
            if group.members.isEmpty { markEmpty(at: now) }
            groups[id] = group
        }
        guard !group.members.isEmpty else { return }
        let alerts = AlertOrder.sorted(group.members.values.map { $0.alert.settled(at: now) })
        let gate = Gate(self, route: id.route, at: now)
        var passed: [ReceivedAlert] = []
        var over: [(fingerprint: Fingerprint, updatedAt: Timestamp)] = []
        for alert in alerts {
            let obstacle = obstacle(to: alert, in: group, gate)
            if let obstacle {
                stop(alert, in: &group, by: obstacle, at: now, &effects)
            } else {
                passed.append(alert)
            }
            if alert.endsAt != nil, obstacle?.verdict != .held { over.append((alert.fingerprint, alert.updatedAt)) }
        }
        var flight = AggregationGroup.Flight(resolved: over, waiting: [])
        if !passed.isEmpty {
            tell(passed, of: &group, &flight, at: now, &effects)
        }
        group.flight = flight
        group.settle()
    }

    mutating func markEmpty(at now: Timestamp) {
        guard !hasEmptyGroups else { return }
        hasEmptyGroups = true
        let step = Self.maintenanceInterval.rawValue
        emptyDue = began + Milliseconds(((now - began).rawValue / step + 1) * step)
    }

    /// Writes down why an alert is not told, once for as long as it stays so.
    private mutating func stop(
        _ alert: ReceivedAlert,
        in group: inout AggregationGroup,
        by obstacle: Obstacle,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        guard group.members[alert.fingerprint]?.verdict != obstacle.verdict else { return }
        group.members[alert.fingerprint]?.verdict = obstacle.verdict
        switch obstacle.verdict {
        case .held: counts.held += 1
        case .inhibited: counts.inhibited += 1
        case .silenced: counts.silenced += 1
        default: counts.muted += 1
        }
        effects.append(
            .trail(
                entry(
                    alert.fingerprint,
                    obstacle.verdict,
                    obstacle.why,
                    on: group.id.route,
                    groupKey: group.key,
                    at: now
                )
            )
        )
    }

    private mutating func tell(
        _ alerts: [ReceivedAlert],
        of group: inout AggregationGroup,
        _ flight: inout AggregationGroup.Flight,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        let options = settings.routes.routes[group.id.route].options
        guard let receiver = settings.receivers[options.receiver] else { return }
        let members = group.members
        let notified = alerts.map { NotifiedAlert($0, healing: members[$0.fingerprint]?.healing) }
        let told = NotificationLog.Told(notified)
        for integration in receiver.integrations {
            let key = NotificationLog.Key(groupKey: group.key, integration: receiver.key(integration))
            let last = pending[key].map { (told: $0.told, at: $0.at) } ?? log[key].map { (told: $0.told, at: $0.at) }
            var verdict = told.verdict(
                since: last,
                sendsResolved: integration.sendsResolved,
                repeatInterval: options.repeatInterval,
                at: now
            )
            if verdict == .repeated, pending[key] != nil { verdict = .nothingNew }
            if verdict == .repeated, isAcknowledged(told.firing) {
                // Noted as if it had been told, lest the log forget it and it is taken for news.
                let entry = log.note(key, told, repeatInterval: options.repeatInterval, at: now)
                effects.append(.save(.told(entry)))
                verdict = .nothingNew
            }
            let list = integration.sendsResolved ? notified : notified.filter { $0.endsAt == nil || $0.healing != nil }
            if verdict != .nothingNew, list.isEmpty {
                // Nobody wants to hear of the end, but it must be known that it came.
                if pending[key] != nil {
                    pending[key]?.told = told
                } else {
                    let entry = log.note(key, told, repeatInterval: options.repeatInterval, at: now)
                    effects.append(.save(.told(entry)))
                }
                verdict = .nothingNew
            }
            if verdict != .nothingNew {
                let reason: Notification.Reason = verdict == .repeated ? .repeated : .changed
                enqueue(list, told, reason, key, of: &group, repeatInterval: options.repeatInterval, at: now, &effects)
            }
            if let waiting = pending[key] { flight.waiting.insert(waiting.id) }
        }
    }

    private mutating func enqueue(
        _ alerts: [NotifiedAlert],
        _ told: NotificationLog.Told,
        _ reason: Notification.Reason,
        _ key: NotificationLog.Key,
        of group: inout AggregationGroup,
        repeatInterval: Milliseconds,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        let notification = Notification(
            id: newID(key.groupKey, key.integration, at: now),
            integration: key.integration,
            groupKey: key.groupKey,
            groupLabels: group.id.labels,
            alerts: alerts,
            reason: reason,
            createdAt: now
        )
        let old = pending[key]
        if let old {
            pendingKeys[old.id] = nil
            counts.notificationsSuperseded += 1
        }
        pendingKeys[notification.id] = key
        pending[key] = Pending(
            id: notification.id,
            told: told,
            at: now,
            repeatInterval: repeatInterval,
            notification: notification
        )
        counts.notificationsQueued += 1
        effects.append(.enqueue(notification, supersedes: old?.id))
        for alert in alerts {
            let fingerprint = alert.fingerprint
            group.members[fingerprint]?.verdict = .queued
            effects.append(
                .trail(
                    trail(
                        fingerprint,
                        .queued,
                        reason == .repeated ? "nothing changed for long" : "news",
                        notification,
                        at: now
                    )
                )
            )
        }
    }

    private func isAcknowledged(_ firing: Set<Fingerprint>) -> Bool {
        !firing.isEmpty && firing.allSatisfy { acknowledgements[$0] != nil }
    }

    func trail(
        _ fingerprint: Fingerprint,
        _ verdict: TrailEntry.Verdict,
        _ why: String,
        _ notification: Notification,
        at now: Timestamp
    ) -> TrailEntry {
        TrailEntry(
            fingerprint: fingerprint,
            verdict: verdict,
            why: why,
            receiver: notification.integration.description,
            groupKey: notification.groupKey,
            notification: notification.id,
            at: now
        )
    }

    /// An id that no other notification has, and that says nothing to whom it is shown.
    mutating func newID(_ groupKey: String, _ integration: IntegrationKey, at now: Timestamp) -> String {
        sequence &+= 1
        let hash = Fingerprint(["group": groupKey, "integration": integration.description, "number": "\(sequence)"])
        return "\(hash)-\(String(UInt64(bitPattern: now.rawValue), radix: 16))"
    }
}
