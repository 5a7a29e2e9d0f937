public import JSON
public import Metrics

/// One line of the record: something that happened, never changed afterwards.
public struct HistoryRecord: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// An alert changed its state; the name is the change.
        case transition
        /// A guard let a run pass or held it back; the name is the guard's.
        case verdict
        /// An operator did something; the name is what.
        case act
        /// A notification was sent, held, muted or dropped; the name is which.
        case notification
        /// A run changed its state; the name is the state.
        case run
        /// Something became of a step; the name is the action's.
        case step
        /// A tracked file changed, or a version was judged.
        case config
        /// About medic itself: starts, reloads, what was lost.
        case medic
    }

    public var at: Timestamp
    public var kind: Kind
    public var name: String
    public var alert: String?
    /// Tells one alert of a name from another.
    public var fingerprint: String?
    public var playbook: String?
    public var unit: String?
    /// The run it belongs to.
    public var run: String?
    /// When what ends here began: of a resolved alert, when it fired.
    public var began: Timestamp?
    /// One sentence for people.
    public var text: String
    /// Everything else, as JSON.
    public var payloadText: String

    public init(
        at: Timestamp,
        kind: Kind,
        name: String,
        alert: String? = nil,
        fingerprint: String? = nil,
        playbook: String? = nil,
        unit: String? = nil,
        run: String? = nil,
        began: Timestamp? = nil,
        text: String = "",
        payload: JSONValue = .null
    ) {
        self.at = at
        self.kind = kind
        self.name = name
        self.alert = alert
        self.fingerprint = fingerprint
        self.playbook = playbook
        self.unit = unit
        self.run = run
        self.began = began
        self.text = text
        payloadText = Payload.text(payload)
    }

    public var payload: JSONValue { Payload.value(payloadText) }
}

/// A record with its place in the order of writing.
public struct StoredRecord: Sendable, Hashable {
    public let id: Int64
    public let record: HistoryRecord

    public init(id: Int64, record: HistoryRecord) {
        self.id = id
        self.record = record
    }
}

/// Payloads are kept as JSON texts; an empty text is null.
enum Payload {
    static func text(_ value: JSONValue) -> String { value == .null ? "" : value.description }

    static func value(_ text: String) -> JSONValue {
        if text.isEmpty { return .null }
        return (try? JSONValue(parsing: text)) ?? .null
    }
}
