public import JSON
public import Metrics

/// A version of a tracked file, seen at a time. Its content is kept once, by its hash.
public struct ConfigVersion: Sendable, Hashable {
    public var file: String
    public var hash: String
    public var seen: Timestamp
    /// When it was found good: in place for long enough with nothing wrong.
    public var good: Timestamp?
    /// When it was found bad: rolled back from.
    public var bad: Timestamp?
    public var payloadText: String

    public init(
        file: String,
        hash: String,
        seen: Timestamp,
        good: Timestamp? = nil,
        bad: Timestamp? = nil,
        payload: JSONValue = .null
    ) {
        self.file = file
        self.hash = hash
        self.seen = seen
        self.good = good
        self.bad = bad
        payloadText = Payload.text(payload)
    }

    public var payload: JSONValue { Payload.value(payloadText) }
}

/// What is thought of a version.
public enum ConfigVerdict: Sendable, Hashable {
    case good
    case bad
}
