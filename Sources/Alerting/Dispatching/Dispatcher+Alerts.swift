import Metrics

extension Dispatcher {
    /// Takes in word of an alert: stores it and puts it into the groups of its routes.
    mutating func take(_ update: AlertUpdate, at now: Timestamp, _ effects: inout [DispatchEffect]) {
        counts.alertsReceived += 1
        let received = update.received(at: now, resolveTimeout: settings.resolveTimeout)
        let known = store[received.fingerprint]
        // What medic measures itself it knows better than those to whom it told of it.
        if let known, known.origin == .own, received.origin != .own, !known.isResolved(at: now) { return }
        guard let alert = store.put(received, at: now) else {
            counts.alertsRefused += 1
            let why = "\(store.limit) alerts are known, and no more are kept"
            effects.append(.trail(entry(received.fingerprint, .dropped, why, at: now)))
            return
        }
        save(alert, unlike: known, at: now, &effects)
        if alert.isResolved(at: now), acknowledgements.removeValue(forKey: alert.fingerprint) != nil {
            effects.append(.save(.acknowledgementGone(alert.fingerprint)))
        }
        inhibitor.update(alert, at: now)
        for route in settings.routes.matches(alert.labels) {
            insert(alert, on: route, at: now, &effects)
        }
    }

    /// These alerts are on the disk. Until that is known, they are to be saved as often as they come: whoever tells of an alert again,
    /// because it could not be kept, must not be told that it is.
    public mutating func note(saved alerts: [ReceivedAlert]) {
        for alert in alerts {
            guard let known = store[alert.fingerprint] else { continue }
            savedEnds[alert.fingerprint] = alert.endsAt ?? known.updatedAt
        }
    }

    /// An end that is put off again and again is not worth a write each time; after a crash its sender will say it once more.
    private mutating func save(
        _ alert: ReceivedAlert,
        unlike known: ReceivedAlert?,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        guard alert.origin != .own else { return }
        if let known, let saved = savedEnds[alert.fingerprint], let end = alert.endsAt, !alert.isResolved(at: now),
            !known.isResolved(at: now), known.startsAt == alert.startsAt, known.annotations == alert.annotations,
            known.generatorURL == alert.generatorURL, saved <= end, end < saved + .minutes(2)
        {
            return
        }
        effects.append(.save(.alert(alert)))
    }

    /// Puts an alert into its group on a route; the group is made where it is missing.
    mutating func insert(
        _ alert: ReceivedAlert,
        on route: Int,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        let id = AggregationGroup.ID(route: route, labels: settings.routes.groupLabels(of: alert.labels, on: route))
        let groupWait = settings.routes.routes[route].options.groupWait
        if groups[id] == nil {
            guard groups.count < settings.limits.groups else {
                counts.groupsRefused += 1
                let why = "there are \(settings.limits.groups) groups of alerts, and no more are kept"
                effects.append(.trail(entry(alert.fingerprint, .dropped, why, on: route, at: now)))
                return
            }
            makeGroup(id, nextFlush: now + groupWait)
        }
        groups[id]?.insert(alert, groupWait: groupWait, at: now)
        if let next = groups[id]?.nextFlush, next == now { wakes.push(id, at: now) }
    }

    mutating func makeGroup(_ id: AggregationGroup.ID, nextFlush: Timestamp) {
        let key = settings.routes.groupKey(of: id.labels, on: id.route)
        groups[id] = AggregationGroup(id: id, key: key, nextFlush: nextFlush)
        groupIDs[GroupName(key: key, receiver: settings.routes.routes[id.route].options.receiver)] = id
        wakes.push(id, at: nextFlush)
    }

    /// The groups that an alert is in.
    func groups(of labels: Labels) -> [AggregationGroup.ID] {
        let fingerprint = Fingerprint(labels)
        return settings.routes.matches(labels)
            .map { AggregationGroup.ID(route: $0, labels: settings.routes.groupLabels(of: labels, on: $0)) }
            .filter { groups[$0]?.members[fingerprint] != nil }
    }

    func entry(
        _ fingerprint: Fingerprint,
        _ verdict: TrailEntry.Verdict,
        _ why: String,
        on route: Int? = nil,
        groupKey: String = "",
        notification: String? = nil,
        at now: Timestamp
    ) -> TrailEntry {
        TrailEntry(
            fingerprint: fingerprint,
            verdict: verdict,
            why: why,
            receiver: route.map { settings.routes.routes[$0].options.receiver } ?? "",
            groupKey: groupKey,
            notification: notification,
            at: now
        )
    }

    // MARK: Starting and changing

    mutating func restore(_ saved: SavedAlerting, at now: Timestamp) {
        silences.restore(saved.silences)
        log.restore(saved.told)
        for word in saved.acknowledgements { acknowledgements[word.fingerprint] = word }
        digest = saved.digest
        digestDue = settings.healing.digest?.next(after: now)
        for notification in saved.notifications { resume(notification) }
        var ignored: [DispatchEffect] = []
        for alert in saved.alerts {
            guard let alert = store.put(alert, at: now) else { continue }
            if let end = alert.endsAt { savedEnds[alert.fingerprint] = end }
            inhibitor.update(alert, at: now)
            for route in settings.routes.matches(alert.labels) { insert(alert, on: route, at: now, &ignored) }
        }
    }

    /// A notification that was on its way when medic ended still is.
    private mutating func resume(_ notification: Notification) {
        let key = NotificationLog.Key(groupKey: notification.groupKey, integration: notification.integration)
        switch notification.reason {
        case .changed, .repeated: break
        default:
            loose[notification.id] = notification
            return
        }
        if let other = pending[key], other.at > notification.createdAt { return }
        let route = settings.routes.routes.first {
            $0.options.receiver == notification.integration.receiver && notification.groupKey.hasPrefix($0.key + ":")
        }
        if let old = pending[key] { pendingKeys[old.id] = nil }
        pendingKeys[notification.id] = key
        pending[key] = Pending(
            id: notification.id,
            told: NotificationLog.Told(notification.alerts),
            at: notification.createdAt,
            repeatInterval: (route ?? settings.routes.root).options.repeatInterval,
            notification: notification
        )
    }

    /// Groups that exist under both configurations keep their clocks and what they know; the others are made anew.
    mutating func reconfigure(_ new: AlertingSettings, at now: Timestamp) {
        var carried: [GroupName: AggregationGroup] = [:]
        for (name, id) in groupIDs { carried[name] = groups[id] }
        settings = new
        groups = [:]
        groupIDs = [:]
        wakes = WakeQueue()
        inhibitor = Inhibitor(new.inhibitRules)
        digestDue = new.healing.digest?.next(after: now)
        var ignored: [DispatchEffect] = []
        for alert in store.alerts.values.sorted(by: { $0.fingerprint < $1.fingerprint }) {
            inhibitor.update(alert, at: now)
            for route in new.routes.matches(alert.labels) {
                adopt(alert, on: route, from: &carried)
                insert(alert, on: route, at: now, &ignored)
            }
        }
    }

    private mutating func adopt(
        _ alert: ReceivedAlert,
        on route: Int,
        from carried: inout [GroupName: AggregationGroup]
    ) {
        let labels = settings.routes.groupLabels(of: alert.labels, on: route)
        let id = AggregationGroup.ID(route: route, labels: labels)
        let receiver = settings.routes.routes[route].options.receiver
        let name = GroupName(key: settings.routes.groupKey(of: labels, on: route), receiver: receiver)
        guard groups[id] == nil, let old = carried.removeValue(forKey: name) else { return }
        makeGroup(id, nextFlush: old.nextFlush)
        groups[id]?.members = old.members
        groups[id]?.hasFlushed = old.hasFlushed
        groups[id]?.flight = old.flight
    }
}

extension NotificationLog.Told {
    init(_ alerts: [NotifiedAlert]) {
        self.init(
            firing: Set(alerts.filter { $0.endsAt == nil }.map(\.fingerprint)),
            resolved: Set(alerts.filter { $0.endsAt != nil }.map(\.fingerprint)),
            words: Set(alerts.compactMap { $0.healing?.mark })
        )
    }
}
