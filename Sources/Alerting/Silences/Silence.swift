public import Metrics

/// Somebody's wish not to hear of some alerts for a while.
public struct Silence: Hashable, Sendable {
    public enum State: String, Hashable, Sendable {
        case pending
        case active
        case expired
    }

    public let id: String
    /// All must hold for an alert to be silenced. In the order they were given.
    public let matchers: [LabelMatcher]
    public internal(set) var startsAt: Timestamp
    public internal(set) var endsAt: Timestamp
    public internal(set) var updatedAt: Timestamp
    public let createdBy: String
    public let comment: String
    /// It expires by itself once no alert that it silences fires any more.
    public let endsWithAlerts: Bool

    public init(
        id: String,
        matchers: [LabelMatcher],
        startsAt: Timestamp,
        endsAt: Timestamp,
        updatedAt: Timestamp,
        createdBy: String,
        comment: String,
        endsWithAlerts: Bool = false
    ) {
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.updatedAt = updatedAt
        self.createdBy = createdBy
        self.comment = comment
        self.endsWithAlerts = endsWithAlerts
    }

    public func state(at now: Timestamp) -> State {
        if now < startsAt { return .pending }
        return now > endsAt ? .expired : .active
    }

    /// Whether it is about an alert with these labels, whenever it holds.
    public func covers(_ labels: Labels) -> Bool { matchers.allSatisfy { $0.matches(labels) } }
}

/// A silence as a client asks for it.
public struct SilenceDraft: Sendable {
    /// A matcher that was not looked at yet.
    public struct Matcher: Hashable, Sendable {
        public var name: String
        public var operation: LabelMatcher.Operation
        public var value: String

        public init(_ name: String, _ operation: LabelMatcher.Operation, _ value: String) {
            self.name = name
            self.operation = operation
            self.value = value
        }
    }

    /// The silence to change; nil for a new one.
    public var id: String?
    public var matchers: [Matcher]
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    public var createdBy: String
    public var comment: String
    public var endsWithAlerts: Bool

    public init(
        id: String? = nil,
        matchers: [Matcher],
        startsAt: Timestamp,
        endsAt: Timestamp,
        createdBy: String,
        comment: String,
        endsWithAlerts: Bool = false
    ) {
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.createdBy = createdBy
        self.comment = comment
        self.endsWithAlerts = endsWithAlerts
    }
}

/// Why a silence was not made, changed or expired. The texts are those of Alertmanager's API.
public enum SilenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Answered with 404.
    case notFound
    /// What was asked for makes no sense; answered with 400.
    case invalid(String)
    case alreadyExpired(id: String)
    /// There is no room for another one.
    case tooMany(limit: Int)

    public var description: String {
        switch self {
        case .notFound: "silence not found"
        case .invalid(let reason): reason
        case .alreadyExpired(let id): "silence \(id) already expired"
        case .tooMany(let limit): "there are \(limit) silences, and no more are kept: expire some"
        }
    }
}
