import Alerting
import History
import JSON
import Logging
import Metrics
import Rules
import YAML

/// Puts what happens to alerts into the history: each transition, and the state from which the next process goes on.
///
/// Belongs to the core's loop.
final class TransitionRecorder: EvaluationListener {
    private let history: HistoryStore
    private let log: Logger

    /// A group without transitions is saved this often, so that the next process knows for how long nobody looked.
    private static let heartbeat = Milliseconds.seconds(30)

    init(_ history: HistoryStore, log: Logger) {
        self.history = history
        self.log = log
    }

    func heard(_ evaluation: GroupEvaluation, of group: LiveGroup) {
        let transitions = evaluation.transitions
        let isDue = group.savedAt.map { evaluation.at - $0 >= Self.heartbeat } ?? true
        guard !transitions.isEmpty || (isDue && group.hasAlerts) else { return }
        var changes = transitions.map { HistoryChange.record(Self.record($0)) }
        changes.append(.alerts(group.evaluator.saved))
        group.savedAt = evaluation.at
        let log = log
        history.writer.submit(changes, durability: .grouped) { result in
            if case .failure(let error) = result {
                log.error("what happened to alerts could not be recorded", ["error": "\(error)"])
            }
        }
        for transition in transitions { say(transition) }
    }

    /// Saves every group, for the end of the process.
    func saveAll(_ groups: [LiveGroup]) -> [HistoryChange] {
        groups.filter(\.hasAlerts).map { .alerts($0.evaluator.saved) }
    }

    private func say(_ transition: AlertTransition) {
        switch transition.change {
        case .fired, .resolved:
            log.info(
                "an alert changed",
                ["alert": transition.alert.labels.description, "now": transition.change.rawValue]
            )
        case .becamePending, .subsided, .kept, .resumed, .beganFlapping, .stoppedFlapping:
            log.debug(
                "an alert changed",
                ["alert": transition.alert.labels.description, "now": transition.change.rawValue]
            )
        }
    }

    private static func record(_ transition: AlertTransition) -> HistoryRecord {
        let alert = transition.alert
        let name = alert.labels["alertname"] ?? ""
        return HistoryRecord(
            at: transition.at,
            kind: .transition,
            name: transition.change.rawValue,
            alert: name,
            fingerprint: Fingerprint(alert.labels).description,
            unit: alert.labels["name"].flatMap { $0.contains(".") ? $0 : nil },
            began: transition.change == .resolved ? alert.startsAt : nil,
            text: "\(name) \(transition.change.inWords)",
            payload: .object(
                JSONObject([
                    .init(name: "labels", value: .object(alert.labels.json)),
                    .init(
                        name: "annotations",
                        value: .object(
                            JSONObject(alert.annotations.map { .init(name: $0.name, value: .string($0.value)) })
                        )
                    ),
                    .init(name: "value", value: .string(Number.answer(alert.value))),
                ])
            )
        )
    }
}

extension LiveGroup {
    var hasAlerts: Bool {
        group.rules.contains { rule in
            if case .alerting = rule.kind { true } else { false }
        }
    }
}

extension Labels {
    /// As an object whose members are the labels.
    var json: JSONObject {
        JSONObject(map { .init(name: $0.name, value: .string($0.value)) })
    }
}

extension AlertTransition.Change {
    /// What happened, after the alert's name.
    var inWords: String {
        switch self {
        case .becamePending: "is pending"
        case .fired: "fires"
        case .subsided: "is no longer pending"
        case .kept: "fires on though its expression is no longer true"
        case .resumed: "is true again"
        case .resolved: "is resolved"
        case .beganFlapping: "changes too often"
        case .stoppedFlapping: "has settled"
        }
    }
}
