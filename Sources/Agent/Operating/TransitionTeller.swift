import JSON
import Metrics
import PromQL
import Rules
import Web

/// Tells those who listen what becomes of alerts.
///
/// Belongs to the core's loop.
final class TransitionTeller: EvaluationListener {
    private let events: EventHub

    init(_ events: EventHub) {
        self.events = events
    }

    func heard(_ evaluation: GroupEvaluation, of group: LiveGroup) {
        for transition in evaluation.transitions {
            events.publish(.alert) { Self.tree(transition) }
        }
    }

    private static func tree(_ transition: AlertTransition) -> JSONValue {
        let alert = transition.alert
        return .tree { tree in
            tree.add("at", at: transition.at)
            tree.add("change", text: transition.change.rawValue)
            tree.add("state", text: alert.phase.rawValue)
            tree.add("fingerprint", text: AlertTree.fingerprint(alert.labels))
            tree.add("name", text: alert.labels["alertname"])
            tree.add("labels", labels: alert.labels)
            tree.add("annotations", .labels(alert.annotations))
            tree.add("value", text: Number.answer(alert.value))
        }
    }
}
