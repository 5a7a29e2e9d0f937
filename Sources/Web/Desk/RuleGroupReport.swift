public import Metrics
public import Rules

/// A group of rules as it runs.
public struct RuleGroupReport: Sendable {
    public var name: String
    public var file: String
    public var interval: Milliseconds
    /// Besides, the group is evaluated whenever data that it reads lands.
    public var evaluatesOnChange: Bool
    /// 0 for none.
    public var limit: Int
    public var rules: [RuleReport]
    /// Nil before the first evaluation.
    public var lastEvaluation: Timestamp?
    public var lastDuration: Duration

    public init(
        name: String,
        file: String,
        interval: Milliseconds,
        evaluatesOnChange: Bool = false,
        limit: Int = 0,
        rules: [RuleReport],
        lastEvaluation: Timestamp? = nil,
        lastDuration: Duration = .zero
    ) {
        self.name = name
        self.file = file
        self.interval = interval
        self.evaluatesOnChange = evaluatesOnChange
        self.limit = limit
        self.rules = rules
        self.lastEvaluation = lastEvaluation
        self.lastDuration = lastDuration
    }
}

/// A rule as it runs.
public struct RuleReport: Sendable {
    public enum Kind: Sendable {
        case recording
        /// The alerts include those that have resolved of late; they are left out where Prometheus leaves them out.
        case alerting(hold: Milliseconds, keepFiring: Milliseconds, annotations: [Label], alerts: [Alert])
    }

    public enum Health: String, Sendable, Hashable {
        case unknown
        case ok
        case failing = "err"
    }

    public var name: String
    public var kind: Kind
    /// The expression as Prometheus prints it.
    public var query: String
    public var labels: Labels
    public var health: Health
    /// Empty when the last evaluation went well.
    public var lastError: String
    public var lastEvaluation: Timestamp?
    public var lastDuration: Duration

    public init(
        name: String,
        kind: Kind,
        query: String,
        labels: Labels = .empty,
        health: Health = .unknown,
        lastError: String = "",
        lastEvaluation: Timestamp? = nil,
        lastDuration: Duration = .zero
    ) {
        self.name = name
        self.kind = kind
        self.query = query
        self.labels = labels
        self.health = health
        self.lastError = lastError
        self.lastEvaluation = lastEvaluation
        self.lastDuration = lastDuration
    }
}

extension RuleReport {
    /// The alerts that are pending or firing, in the order of their labels.
    var activeAlerts: [Alert] {
        guard case .alerting(_, _, _, let alerts) = kind else { return [] }
        return alerts.filter { $0.phase != .inactive }.sorted { $0.labels < $1.labels }
    }

    /// The state of an alerting rule: that of its worst alert.
    var phase: Alert.Phase {
        let phases = Set(activeAlerts.map(\.phase))
        return phases.contains(.firing) ? .firing : phases.contains(.pending) ? .pending : .inactive
    }
}
