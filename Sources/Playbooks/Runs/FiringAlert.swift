public import Metrics

/// What the run machine knows of an alert.
public struct FiringAlert: Sendable, Hashable {
    /// Where an alert comes from, which decides how its end is noticed.
    public enum Origin: Sendable, Hashable {
        /// One of medic's own rules: its expression can be asked again. `interval` is how often the rule is evaluated.
        case rule(expression: String, interval: Milliseconds)
        /// Somebody else's Alertmanager: its end is known by its message alone.
        case webhook
        /// There is no alert; an operator wants the playbook.
        case command
    }

    /// The alert's identity.
    public let labels: Labels
    public let annotations: [Label]
    public let value: Double
    /// The moment it began to fire, which tells one illness from the next of the same alert.
    public let startsAt: Timestamp
    public let origin: Origin
    /// It changes its mind too often to be acted upon.
    public let isFlapping: Bool

    public init(
        labels: Labels,
        annotations: [Label] = [],
        value: Double = 0,
        startsAt: Timestamp,
        origin: Origin,
        isFlapping: Bool = false
    ) {
        self.labels = labels
        self.annotations = annotations
        self.value = value
        self.startsAt = startsAt
        self.origin = origin
        self.isFlapping = isFlapping
    }

    public var expression: String? {
        if case .rule(let expression, _) = origin { expression } else { nil }
    }

    public var isFromWebhook: Bool { origin == .webhook }
}
