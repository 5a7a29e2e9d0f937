public import Metrics

/// An alert as the API shows it.
public struct AlertView: Hashable, Sendable {
    public let alert: ReceivedAlert
    /// The names of its receivers, in the order of the routes.
    public internal(set) var receivers: [String]
    /// The ids of the silences about it.
    public let silencedBy: [String]
    /// The alert that inhibits it.
    public let inhibitedBy: Fingerprint?
    /// The run that keeps it back.
    public let heldBy: String?
    public let acknowledgement: AlertAcknowledgement?

    /// Whether Alertmanager would call it suppressed.
    public var isSuppressed: Bool { !silencedBy.isEmpty || inhibitedBy != nil }
}

/// A group as the API shows it.
public struct GroupView: Hashable, Sendable {
    public let key: String
    public let receiver: String
    public let labels: Labels
    public internal(set) var alerts: [AlertView]
    public let nextFlush: Timestamp
    /// The names of the time intervals that keep it quiet now.
    public let mutedBy: [String]
}

extension Dispatcher {
    /// All alerts that are not over, in the order of their fingerprints, as `GET /api/v2/alerts` lists them.
    public func alerts(at now: Timestamp) -> [AlertView] {
        let active = silences.active(at: now)
        return store.alerts.values.filter { !$0.isResolved(at: now) }
            .sorted { $0.fingerprint < $1.fingerprint }
            .map { view($0, active, at: now) }
    }

    /// One alert, over or not.
    public func alert(_ fingerprint: Fingerprint, at now: Timestamp) -> AlertView? {
        store[fingerprint].map { view($0, silences.active(at: now), at: now) }
    }

    /// All groups with alerts that are not over, by labels and receiver, as `GET /api/v2/alerts/groups` lists them.
    public func groups(at now: Timestamp) -> [GroupView] {
        let active = silences.active(at: now)
        return groups.values.compactMap { group in
            let alerts = AlertOrder.sorted(group.members.values.map(\.alert).filter { !$0.isResolved(at: now) })
            guard !alerts.isEmpty else { return nil }
            return GroupView(
                key: group.key,
                receiver: settings.routes.routes[group.id.route].options.receiver,
                labels: group.id.labels,
                alerts: alerts.map { view($0, active, at: now) },
                nextFlush: group.nextFlush,
                mutedBy: muters(settings.routes.routes[group.id.route].options, at: now)
            )
        }
        .sorted { left, right in
            if left.labels != right.labels { return AlertOrder.isBefore(left.labels.array, right.labels.array) }
            return (left.receiver, left.key) < (right.receiver, right.key)
        }
    }

    private func view(_ alert: ReceivedAlert, _ active: [Silence], at now: Timestamp) -> AlertView {
        AlertView(
            alert: alert,
            receivers: settings.routes.receivers(for: alert.labels),
            silencedBy: active.filter { $0.covers(alert.labels) }.map(\.id),
            inhibitedBy: inhibitor.inhibitor(of: alert.labels, at: now),
            heldBy: holds[alert.fingerprint].flatMap { $0.until > now ? $0.run : nil },
            acknowledgement: acknowledgements[alert.fingerprint]
        )
    }

    /// How many groups there are, and how many notifications are on their way: for medic's own metrics.
    public var groupCount: Int { groups.count }
    public var pendingCount: Int { pending.count + loose.count }
}
