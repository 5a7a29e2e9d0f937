import Alerting
import EventLoop
import Metrics
import Playbooks

/// An alert from outside that healing was told of.
struct OutsideAlert {
    let labels: Labels
    let endsAt: Timestamp?
}

// Alerts from outside, for healing: nobody evaluates them here, so that their end is either told or comes with time.
extension NotificationKeeper {
    // An alert that is no longer repeated is over within so long of its end.
    private static let lookout = Duration.seconds(15)

    /// Alerts from outside that fire, as a former process left them.
    func firingOutside() -> [FiringAlert] {
        let now = clock()
        let alerts = dispatcher.alerts(at: now).map(\.alert).filter { $0.origin != .own }
        for alert in alerts { watch(alert) }
        return alerts.map { FiringAlert($0) }
    }

    /// Tells healing of what has just been taken in.
    func passOn(_ updates: [AlertUpdate]) {
        guard isAtWork, let healing else { return }
        let now = clock()
        for update in updates {
            let fingerprint = Fingerprint(update.labels)
            guard let alert = dispatcher.store[fingerprint], alert.origin != .own else { continue }
            if alert.isResolved(at: now) {
                guard outside.removeValue(forKey: fingerprint) != nil else { continue }
                healing.heardOver(alert.labels)
            } else {
                let isKnown = outside[fingerprint] != nil
                watch(alert)
                if !isKnown { healing.heardFiring(FiringAlert(alert)) }
            }
        }
        considered()
    }

    private func watch(_ alert: ReceivedAlert) {
        outside[alert.fingerprint] = OutsideAlert(labels: alert.labels, endsAt: alert.endsAt)
        guard outsideTimer == nil else { return }
        outsideTimer = loop.after(Self.lookout) { [weak self] in self?.lookOut() }
    }

    private func lookOut() {
        outsideTimer = nil
        guard isAtWork else { return }
        let now = clock()
        for (fingerprint, alert) in outside where alert.endsAt.map({ $0 <= now }) ?? false {
            outside[fingerprint] = nil
            healing?.heardOver(alert.labels)
        }
        if !outside.isEmpty { outsideTimer = loop.after(Self.lookout) { [weak self] in self?.lookOut() } }
    }
}

extension FiringAlert {
    /// An alert that somebody else told of.
    init(_ alert: ReceivedAlert) {
        self.init(
            labels: alert.labels,
            annotations: alert.annotations,
            startsAt: alert.startsAt,
            origin: .webhook
        )
    }
}
