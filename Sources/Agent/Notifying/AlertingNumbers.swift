import Alerting
import Instruments
import Synchronization

/// What the dispatcher knows and has done, as medic's own metrics.
///
/// The dispatcher belongs to the core's loop and metrics are read by whoever looks, so a copy of the numbers lies between.
final class AlertingNumbers: Sendable {
    private struct Values: Sendable {
        var counts = DispatchCounts()
        var alerts = 0
        var groups = 0
        var silences = 0
        var told = 0
        var pending = 0
    }

    private let values = Mutex(Values())
    /// Notifications and changes that the history did not take.
    let unrecorded: Counter

    init(_ instruments: Instruments, _ limits: AlertingLimits) {
        unrecorded = instruments.counter(
            "medic_alerting_unrecorded_total",
            help: "Changes that could not be written into the history; notifications among them were sent all the same."
        )
        gauge(instruments, "medic_alerting_alerts", "Alerts that the dispatcher knows.") { $0.alerts }
        gauge(instruments, "medic_alerting_groups", "Groups of alerts.") { $0.groups }
        gauge(instruments, "medic_alerting_silences", "Silences, expired ones that are remembered among them.") {
            $0.silences
        }
        gauge(instruments, "medic_alerting_log_entries", "What receivers were told last, by group.") { $0.told }
        gauge(instruments, "medic_alerting_pending_notifications", "Notifications without an answer so far.") {
            $0.pending
        }
        limit(instruments, "alerts", limits.alerts)
        limit(instruments, "groups", limits.groups)
        limit(instruments, "silences", limits.silences)
        limit(instruments, "digest_entries", limits.digestEntries)
        countAlerts(instruments)
        countNotifications(instruments)
    }

    func publish(_ dispatcher: Dispatcher) {
        values.withLock { values in
            values.counts = dispatcher.counts
            values.alerts = dispatcher.store.count
            values.groups = dispatcher.groupCount
            values.silences = dispatcher.silences.count
            values.told = dispatcher.log.count
            values.pending = dispatcher.pendingCount
        }
    }

    private func countAlerts(_ instruments: Instruments) {
        let received = "medic_alerting_alerts_received_total"
        counter(instruments, received, "Words on alerts, own and from outside.") { $0.alertsReceived }
        let dropped = "medic_alerting_dropped_total"
        let help = "What was refused because a limit was reached, by what it was."
        counter(instruments, dropped, help, [("what", "alert")]) { $0.alertsRefused }
        counter(instruments, dropped, help, [("what", "group")]) { $0.groupsRefused }
        counter(instruments, dropped, help, [("what", "digest_entry")]) { $0.digestEntriesDropped }
        let kept = "medic_alerting_kept_back_total"
        let why = "Alerts that were not told, by the reason."
        counter(instruments, kept, why, [("reason", "held")]) { $0.held }
        counter(instruments, kept, why, [("reason", "inhibited")]) { $0.inhibited }
        counter(instruments, kept, why, [("reason", "muted")]) { $0.muted }
        counter(instruments, kept, why, [("reason", "silenced")]) { $0.silenced }
    }

    private func countNotifications(_ instruments: Instruments) {
        let name = "medic_alerting_notifications_total"
        let help = "Notifications by what became of them."
        counter(instruments, name, help, [("state", "queued")]) { $0.notificationsQueued }
        counter(instruments, name, help, [("state", "told")]) { $0.notificationsTold }
        counter(instruments, name, help, [("state", "failed")]) { $0.notificationsFailed }
        counter(instruments, name, help, [("state", "superseded")]) { $0.notificationsSuperseded }
    }

    private func gauge(
        _ instruments: Instruments,
        _ name: String,
        _ help: String,
        _ read: @escaping @Sendable (Values) -> Int
    ) {
        instruments.observe(name, help: help, kind: .gauge) { [weak self] in
            self.map { Double($0.values.withLock { read($0) }) } ?? 0
        }
    }

    private func limit(_ instruments: Instruments, _ what: String, _ limit: Int) {
        instruments.observe(
            "medic_alerting_limit",
            help: "How many are kept at most, by what they are.",
            labels: [("what", what)],
            kind: .gauge
        ) { Double(limit) }
    }

    private func counter(
        _ instruments: Instruments,
        _ name: String,
        _ help: String,
        _ labels: Instruments.LabelPairs = [],
        _ read: @escaping @Sendable (DispatchCounts) -> Int
    ) {
        instruments.observe(name, help: help, labels: labels, kind: .counter) { [weak self] in
            self.map { Double($0.values.withLock { read($0.counts) }) } ?? 0
        }
    }
}
