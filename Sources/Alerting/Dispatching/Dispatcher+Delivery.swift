public import Metrics

extension Dispatcher {
    /// Takes in how sending a notification ended.
    mutating func deliver(
        _ id: String,
        _ outcome: DeliveryOutcome,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        count(outcome)
        if let notification = loose.removeValue(forKey: id) {
            note(outcome, of: notification, at: now, &effects)
            return
        }
        // One that was superseded while it was on its way: the newer one will be noted.
        guard let key = pendingKeys.removeValue(forKey: id), let done = pending.removeValue(forKey: key) else { return }
        note(outcome, of: done.notification, at: now, &effects)
        if outcome == .told {
            let entry = log.note(key, done.told, repeatInterval: done.repeatInterval, at: now)
            effects.append(.save(.told(entry)))
        } else if case .failed = outcome {
            fallBack(done.notification, at: now, &effects)
        }
        let name = GroupName(key: key.groupKey, receiver: key.integration.receiver)
        guard let group = groupIDs[name] else { return }
        groups[group]?.flight?.waiting.remove(id)
        if outcome != .told { groups[group]?.flight?.hasFailed = true }
        groups[group]?.settle()
        if groups[group]?.members.isEmpty ?? false { markEmpty(at: now) }
    }

    private mutating func count(_ outcome: DeliveryOutcome) {
        switch outcome {
        case .told: counts.notificationsTold += 1
        case .failed: counts.notificationsFailed += 1
        case .superseded: break
        }
    }

    private mutating func note(
        _ outcome: DeliveryOutcome,
        of notification: Notification,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        let (verdict, why): (TrailEntry.Verdict, String) =
            switch outcome {
            case .told: (.sent, "the receiver took it")
            case .failed(let reason): (.failed, reason)
            case .superseded: (.dropped, "a newer notification took its place")
            }
        for alert in notification.alerts {
            effects.append(.trail(trail(alert.fingerprint, verdict, why, notification, at: now)))
        }
    }

    /// Tells the receiver's fallback; what a fallback cannot deliver is not handed on.
    private mutating func fallBack(
        _ notification: Notification,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        guard let name = settings.receivers[notification.integration.receiver]?.fallback else { return }
        tell(
            name,
            notification.alerts,
            groupKey: notification.groupKey,
            groupLabels: notification.groupLabels,
            .fallback(for: notification.integration),
            at: now,
            &effects
        )
    }

    /// Tells a receiver something outside of any group.
    mutating func tell(
        _ name: String,
        _ alerts: [NotifiedAlert],
        groupKey: String,
        groupLabels: Labels = .empty,
        _ reason: Notification.Reason,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        guard let receiver = settings.receivers[name] else { return }
        for integration in receiver.integrations {
            let key = receiver.key(integration)
            let notification = Notification(
                id: newID(groupKey, key, at: now),
                integration: key,
                groupKey: groupKey,
                groupLabels: groupLabels,
                alerts: alerts,
                reason: reason,
                createdAt: now
            )
            loose[notification.id] = notification
            counts.notificationsQueued += 1
            effects.append(.enqueue(notification, supersedes: nil))
            for alert in alerts {
                effects.append(.trail(trail(alert.fingerprint, .queued, reason.words, notification, at: now)))
            }
        }
    }

    /// A test message to a receiver; nothing when there is no such receiver.
    public mutating func test(_ receiver: String, at now: Timestamp) -> [DispatchEffect] {
        var effects: [DispatchEffect] = []
        let alert = NotifiedAlert(
            labels: ["alertname": "TestNotification", "severity": "none"],
            annotations: [Label("summary", "This is a test by an operator; nothing is wrong.")],
            startsAt: now,
            endsAt: nil,
            generatorURL: ""
        )
        tell(receiver, [alert], groupKey: "medic/test/\(receiver)", groupLabels: alert.labels, .test, at: now, &effects)
        return effects
    }
}

extension Notification.Reason {
    /// For the paper trail.
    var words: String {
        switch self {
        case .changed: "news"
        case .repeated: "nothing changed for long"
        case .escalation: "a run needs somebody's attention"
        case .digest: "the digest is due"
        case .fallback(let key): "\(key) could not be told"
        case .test: "a test"
        }
    }
}
