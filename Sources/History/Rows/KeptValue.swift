public import JSON
public import Metrics

/// A small durable value under a name: what must be known after a restart and is no record.
public struct KeptValue: Sendable, Hashable {
    /// What the value is about.
    public enum Space: String, Sendable, Hashable, CaseIterable {
        /// The kill switch, breakers opened by hand, budgets and the like.
        case setting
        /// The state of the healing core besides its runs: cooldowns, breakers, limits.
        case healing
        /// The value of a sampling rate before medic lowered it.
        case samplingOriginal = "sampling_original"
        /// Somebody looks after an alert.
        case acknowledgement
        /// What was done once and must not be done again, such as starting a run for an alert from outside.
        case once
        /// What the dispatcher of notifications must know.
        case alerting
    }

    public var space: Space
    public var key: String
    public var at: Timestamp
    /// When it may be forgotten; nil for never.
    public var expires: Timestamp?
    public var payloadText: String

    public init(_ space: Space, _ key: String, at: Timestamp, expires: Timestamp? = nil, _ value: JSONValue) {
        self.space = space
        self.key = key
        self.at = at
        self.expires = expires
        payloadText = Payload.text(value)
    }

    public var value: JSONValue { Payload.value(payloadText) }
}
