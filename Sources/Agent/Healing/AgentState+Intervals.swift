import Alerting
import Configuration

extension AgentState {
    /// The time intervals of the configuration, by name.
    var intervals: [String: NamedTimeInterval] { current.loaded.configuration.notifications.alerting.intervals }
}
