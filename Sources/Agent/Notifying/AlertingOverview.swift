import Alerting
import Metrics

/// Everything the dispatcher knew at a moment.
struct AlertingOverview: Sendable {
    let now: Timestamp
    let dispatcher: Dispatcher
    /// The names of all receivers, in the order of the configuration.
    let receivers: [String]

    /// All alerts that are not over, by fingerprint.
    var alerts: [AlertView] { dispatcher.alerts(at: now) }

    func alert(_ fingerprint: Fingerprint) -> AlertView? { dispatcher.alert(fingerprint, at: now) }

    /// All groups with alerts that are not over, by labels and receiver.
    var groups: [GroupView] { dispatcher.groups(at: now) }

    /// All silences that are remembered: active ones, those to come, those that are over.
    var silences: [Silence] { dispatcher.silences.list(at: now) }

    func silence(_ id: String) -> Silence? { dispatcher.silences[id] }

    /// The end that clients of the API are shown. medic's own alerts have none while they fire, so one is given that a Prometheus would have
    /// sent with them.
    func shownEnd(of alert: ReceivedAlert) -> Timestamp {
        alert.endsAt ?? Swift.max(now, alert.updatedAt) + .minutes(4)
    }
}
