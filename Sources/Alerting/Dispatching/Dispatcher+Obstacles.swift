import Metrics

/// Why an alert is not told now.
struct Obstacle: Sendable {
    let verdict: TrailEntry.Verdict
    let why: String
}

extension Dispatcher {
    /// What is the same for all alerts of a group's turn.
    struct Gate {
        let options: RouteOptions
        let now: Timestamp
        /// Why nothing of the route is told now.
        let mute: Obstacle?
        let silences: [Silence]

        init(_ dispatcher: Dispatcher, route: Int, at now: Timestamp) {
            options = dispatcher.settings.routes.routes[route].options
            self.now = now
            silences = dispatcher.silences.active(at: now)
            mute = dispatcher.mute(options, at: now)
        }
    }

    /// Whether a route's times forbid to tell anything now.
    func mute(_ options: RouteOptions, at now: Timestamp) -> Obstacle? {
        let intervals = settings.intervals
        if !options.activeTimeIntervals.isEmpty,
            !options.activeTimeIntervals.contains(where: { intervals[$0]?.contains(now) ?? false })
        {
            let names = options.activeTimeIntervals.joined(separator: ", ")
            return Obstacle(verdict: .muted, why: "outside of the active time intervals \(names)")
        }
        guard let name = options.muteTimeIntervals.first(where: { intervals[$0]?.contains(now) ?? false }) else {
            return nil
        }
        return Obstacle(verdict: .muted, why: "within the mute time interval \(name)")
    }

    /// The names of the intervals for which nothing of a route is told now; none where it is.
    func muters(_ options: RouteOptions, at now: Timestamp) -> [String] {
        let (mute, active) = (options.muteTimeIntervals, options.activeTimeIntervals)
        func isWithin(_ name: String) -> Bool { settings.intervals[name]?.contains(now) ?? false }
        return active.isEmpty || active.contains(where: isWithin) ? mute.filter(isWithin) : active
    }

    /// In Alertmanager's order: inhibition, times, silences; then what medic adds.
    func obstacle(to alert: ReceivedAlert, in group: AggregationGroup, _ gate: Gate) -> Obstacle? {
        if let other = inhibitor.inhibitor(of: alert.labels, at: gate.now) {
            let name = store[other]?.labels["alertname"] ?? other.description
            return Obstacle(verdict: .inhibited, why: "inhibited by \(name) (\(other))")
        }
        if let mute = gate.mute { return mute }
        if let silence = gate.silences.first(where: { $0.covers(alert.labels) }),
            !(gate.options.tellsSilencedEnd && alert.endsAt != nil && isToldToFire(alert, group))
        {
            let why = "silenced by \(silence.createdBy): \(silence.comment) (\(silence.id))"
            return Obstacle(verdict: .silenced, why: why)
        }
        if gate.options.holdsWhileHealing, let hold = holds[alert.fingerprint], hold.until > gate.now {
            let run = hold.run.isEmpty ? "" : " (run \(hold.run))"
            return Obstacle(verdict: .held, why: "held while \(hold.playbook) has a chance\(run)")
        }
        return nil
    }

    /// Whether any integration of the group's receiver was told that the alert fires, and not yet that it ended.
    func isToldToFire(_ alert: ReceivedAlert, _ group: AggregationGroup) -> Bool {
        let name = settings.routes.routes[group.id.route].options.receiver
        guard let receiver = settings.receivers[name] else { return false }
        return receiver.integrations.contains { integration in
            let key = NotificationLog.Key(groupKey: group.key, integration: receiver.key(integration))
            let told = pending[key]?.told ?? log[key]?.told
            return told?.firing.contains(alert.fingerprint) ?? false
        }
    }

    /// Expires the silences that end with their alerts and have none left.
    mutating func endSilences(at now: Timestamp, _ effects: inout [DispatchEffect]) {
        for silence in silences.active(at: now) where silence.endsWithAlerts {
            let isNeeded = store.alerts.values.contains { !$0.isResolved(at: now) && silence.covers($0.labels) }
            if isNeeded {
                usedSilences.insert(silence.id)
            } else if usedSilences.contains(silence.id), let expired = try? silences.expire(silence.id, at: now) {
                usedSilences.remove(silence.id)
                effects.append(.save(.silence(expired)))
            }
        }
    }
}
