public import Alerting
public import Metrics
import Secrets
import Templates

/// A notification as templates and bodies see it.
public struct Message: Sendable {
    /// An alert, with what its treatment has to say among the annotations.
    public struct Alert: Sendable {
        public let labels: Labels
        public let annotations: [Label]
        public let startsAt: Timestamp
        /// Nil while it fires.
        public let endsAt: Timestamp?
        public let generatorURL: String
        public let healing: HealingWord?

        public var status: String { endsAt == nil ? "firing" : "resolved" }
    }

    public let notification: Notification
    public let alerts: [Alert]
    public let commonLabels: Labels
    public let commonAnnotations: [Label]
    /// Where medic can be reached from outside.
    public let externalURL: String

    public init(_ notification: Notification, externalURL: String) {
        self.notification = notification
        self.externalURL = externalURL
        alerts = notification.alerts.map(Alert.init)
        commonLabels = Labels(Self.common(alerts.map { $0.labels.array }))
        commonAnnotations = Self.common(alerts.map(\.annotations))
    }

    public var receiver: String { notification.integration.receiver }
    public var groupLabels: Labels { notification.groupLabels }
    public var status: String { alerts.contains { $0.endsAt == nil } ? "firing" : "resolved" }

    /// The group's key in 64 digits, by which services tell one incident from another.
    var groupHash: String {
        var hash = SHA256()
        hash.update(notification.groupKey.utf8)
        return hash.hexadecimal()
    }

    /// What is the same in all of the lists.
    private static func common(_ lists: [[Label]]) -> [Label] {
        guard var common = lists.first else { return [] }
        for list in lists.dropFirst() where !common.isEmpty {
            let present = Set(list)
            common.removeAll { !present.contains($0) }
        }
        return common
    }
}

extension Message.Alert {
    init(_ alert: NotifiedAlert) {
        labels = alert.labels
        startsAt = alert.startsAt
        endsAt = alert.endsAt
        generatorURL = alert.generatorURL
        healing = alert.healing
        guard let word = alert.healing else {
            annotations = alert.annotations
            return
        }
        let taken = Set(alert.annotations.map(\.name))
        let added = [Label("healing", word.sentence)] + word.details
        annotations = (alert.annotations + added.filter { !taken.contains($0.name) })
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
