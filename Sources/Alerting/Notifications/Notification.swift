public import Metrics

/// Something to tell by one integration: an entry of the outbox.
public struct Notification: Hashable, Sendable {
    /// Why it is told.
    public enum Reason: Hashable, Sendable {
        /// Alerts of the group began or ended since it was last told.
        case changed
        /// Nothing changed for `repeat_interval`.
        case repeated
        /// A run ended, or never began, in a way that somebody should know.
        case escalation
        /// What healed since the last digest.
        case digest
        /// The integration of the receiver that should have been told cannot be reached.
        case fallback(for: IntegrationKey)
        /// An operator tries the receiver.
        case test
    }

    /// Unlike that of any other notification, and the same however often this one is sent.
    public let id: String
    public let integration: IntegrationKey
    public let groupKey: String
    public let groupLabels: Labels
    /// In Alertmanager's order; those without an end fire.
    public let alerts: [NotifiedAlert]
    public let reason: Reason
    public let createdAt: Timestamp

    public init(
        id: String,
        integration: IntegrationKey,
        groupKey: String,
        groupLabels: Labels,
        alerts: [NotifiedAlert],
        reason: Reason,
        createdAt: Timestamp
    ) {
        self.id = id
        self.integration = integration
        self.groupKey = groupKey
        self.groupLabels = groupLabels
        self.alerts = alerts
        self.reason = reason
        self.createdAt = createdAt
    }

    /// Whether any of the alerts fires.
    public var isFiring: Bool { alerts.contains { $0.endsAt == nil } }
}

/// An alert as it is told.
public struct NotifiedAlert: Hashable, Sendable {
    public let labels: Labels
    /// Sorted by name.
    public let annotations: [Label]
    public let startsAt: Timestamp
    /// Nil while it fires.
    public let endsAt: Timestamp?
    public let generatorURL: String
    /// What became of its treatment, where there was one.
    public let healing: HealingWord?

    public init(
        labels: Labels,
        annotations: [Label],
        startsAt: Timestamp,
        endsAt: Timestamp?,
        generatorURL: String,
        healing: HealingWord? = nil
    ) {
        self.labels = labels
        self.annotations = annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.generatorURL = generatorURL
        self.healing = healing
    }

    init(_ alert: ReceivedAlert, healing: HealingWord? = nil) {
        self.init(
            labels: alert.labels,
            annotations: alert.annotations,
            startsAt: alert.startsAt,
            endsAt: alert.endsAt,
            generatorURL: alert.generatorURL,
            healing: healing
        )
    }

    public var fingerprint: Fingerprint { Fingerprint(labels) }
}

/// What a run has to say of the alert it was about.
public struct HealingWord: Hashable, Sendable {
    /// How the run ended, or why it did not begin.
    public enum Occasion: String, Hashable, Sendable, CaseIterable {
        case healed, unhealed, inconclusive, blocked, recurrence, refused, expired, interrupted, cancelled
        case approvalWanted = "approval_wanted"
        case breakerOpened = "breaker_opened"
        case storm
        case stormOver = "storm_over"
        case chronic
        case rollbackFired = "rollback_fired"
        case historyFailing = "history_failing"
        /// What a step of a playbook has to say.
        case message

        /// Whether somebody must look after it now.
        public var isEscalation: Bool { self != .healed && self != .stormOver && self != .message }
    }

    public let run: String
    public let playbook: String
    public let occasion: Occasion
    /// One sentence: `healed by restart-api in 4.2 s`.
    public let sentence: String
    /// More to show, by name: a link to the run, the last lines of the journal.
    public let details: [Label]

    public init(run: String, playbook: String, occasion: Occasion, sentence: String, details: [Label] = []) {
        self.run = run
        self.playbook = playbook
        self.occasion = occasion
        self.sentence = sentence
        self.details = details
    }

    /// Tells one word from another in the notification log.
    var mark: String { "\(run)/\(occasion.rawValue)" }
}
