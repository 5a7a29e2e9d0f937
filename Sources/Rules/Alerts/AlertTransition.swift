public import Metrics

/// A change in an alert's life: what History records, what playbooks and routes consider.
public struct AlertTransition: Sendable, Hashable {
    public enum Change: String, Sendable, Hashable {
        /// The expression has become true.
        case becamePending = "pending"
        /// The alert began to fire.
        case fired = "firing"
        /// The expression stopped being true before the alert fired.
        case subsided = "inactive"
        /// The expression stopped being true; the alert fires on for `keep_firing_for` or until `clear_when`.
        case kept
        /// The expression is true again while the alert was kept.
        case resumed
        /// A firing alert is over.
        case resolved
        /// It changes its mind too often.
        case beganFlapping = "flapping"
        /// It has settled.
        case stoppedFlapping = "steady"
    }

    public let change: Change
    /// The alert as it is after the change.
    public let alert: Alert
    public let at: Timestamp
}
