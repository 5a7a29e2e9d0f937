import Metrics

/// All alerts that medic knows of, by their fingerprints.
public struct AlertStore: Sendable {
    private(set) var alerts: [Fingerprint: ReceivedAlert] = [:]
    /// How many are kept at most; an alert beyond is refused.
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    public var count: Int { alerts.count }

    public subscript(fingerprint: Fingerprint) -> ReceivedAlert? { alerts[fingerprint] }

    /// Takes in a word on an alert and returns the alert as it is now; nil when there is no room for a new one.
    mutating func put(_ update: ReceivedAlert, at now: Timestamp) -> ReceivedAlert? {
        guard let old = alerts[update.fingerprint] else {
            guard alerts.count < limit else { return nil }
            alerts[update.fingerprint] = update
            return update
        }
        let alert = old.overlaps(update) ? old.merged(with: update, at: now) : update
        alerts[update.fingerprint] = alert
        return alert
    }

    /// Forgets what is over.
    mutating func collect(at now: Timestamp) -> [ReceivedAlert] {
        let over = alerts.values.filter { $0.isResolved(at: now) }
        for alert in over { alerts[alert.fingerprint] = nil }
        return over.sorted { $0.fingerprint < $1.fingerprint }
    }
}
