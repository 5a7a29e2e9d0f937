public import JSON
public import Metrics

/// A notification on its way to a receiver.
public struct OutboxEntry: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        case pending
        /// The receiver said yes.
        case sent
        /// Given up.
        case dropped
    }

    public var id: String
    public var receiver: String
    /// The same for every try, so that a receiver can tell a repetition.
    public var key: String
    public var body: String
    public var created: Timestamp
    /// When to try next; once it is settled, when that was.
    public var due: Timestamp
    public var attempts: Int
    public var state: State
    /// What the receiver said last, when it was not yes.
    public var trouble: String

    public init(
        id: String,
        receiver: String,
        key: String,
        body: String,
        created: Timestamp,
        due: Timestamp,
        attempts: Int = 0,
        state: State = .pending,
        trouble: String = ""
    ) {
        self.id = id
        self.receiver = receiver
        self.key = key
        self.body = body
        self.created = created
        self.due = due
        self.attempts = attempts
        self.state = state
        self.trouble = trouble
    }
}

/// What a try of a delivery changed.
public struct OutboxProgress: Sendable, Hashable {
    public var id: String
    public var attempts: Int
    public var due: Timestamp
    public var state: OutboxEntry.State
    public var trouble: String

    public init(id: String, attempts: Int, due: Timestamp, state: OutboxEntry.State, trouble: String = "") {
        self.id = id
        self.attempts = attempts
        self.due = due
        self.state = state
        self.trouble = trouble
    }
}

/// A silence, kept for a while after it ended.
public struct SilenceEntry: Sendable, Hashable {
    public var id: String
    public var starts: Timestamp
    public var ends: Timestamp
    public var updated: Timestamp
    public var payloadText: String

    public init(id: String, starts: Timestamp, ends: Timestamp, updated: Timestamp, payload: JSONValue) {
        self.id = id
        self.starts = starts
        self.ends = ends
        self.updated = updated
        payloadText = Payload.text(payload)
    }

    public var payload: JSONValue { Payload.value(payloadText) }
}

/// What a receiver was last told of a group of alerts.
public struct NotificationLogEntry: Sendable, Hashable {
    public var group: String
    public var receiver: String
    public var at: Timestamp
    /// When it may be forgotten.
    public var expires: Timestamp
    public var payloadText: String

    public init(group: String, receiver: String, at: Timestamp, expires: Timestamp, payload: JSONValue) {
        self.group = group
        self.receiver = receiver
        self.at = at
        self.expires = expires
        payloadText = Payload.text(payload)
    }

    public var payload: JSONValue { Payload.value(payloadText) }
}

/// An alert that somebody else's Prometheus or Alertmanager told of.
public struct InboundEntry: Sendable, Hashable {
    /// What makes it the same alert when it is told again: its fingerprint and its beginning, say.
    public var key: String
    public var source: String
    public var fingerprint: String
    public var starts: Timestamp
    /// Nil while it fires.
    public var ends: Timestamp?
    public var updated: Timestamp
    public var payloadText: String

    public init(
        key: String,
        source: String,
        fingerprint: String,
        starts: Timestamp,
        ends: Timestamp? = nil,
        updated: Timestamp,
        payload: JSONValue
    ) {
        self.key = key
        self.source = source
        self.fingerprint = fingerprint
        self.starts = starts
        self.ends = ends
        self.updated = updated
        payloadText = Payload.text(payload)
    }

    public var payload: JSONValue { Payload.value(payloadText) }
}
