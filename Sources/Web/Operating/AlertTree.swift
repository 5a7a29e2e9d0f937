import Alerting
public import Metrics

/// Alerts as medic's API tells of them.
public enum AlertTree {
    /// The number by which Alertmanager's API names an alert too.
    public static func fingerprint(_ labels: Labels) -> String { Fingerprint(labels).description }
}
