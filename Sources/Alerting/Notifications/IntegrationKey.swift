/// One way in which a receiver is told: the first Slack channel of `oncall`, say.
public struct IntegrationKey: Hashable, Sendable {
    /// The receiver's name.
    public let receiver: String
    /// `slack`, `webhook` ...
    public let kind: String
    /// Counted within the receiver and kind.
    public let index: Int

    public init(receiver: String, kind: String, index: Int) {
        self.receiver = receiver
        self.kind = kind
        self.index = index
    }

    /// Reads the text form; nil when it is none.
    public init?(_ text: String) {
        // The receiver's name may hold slashes; the two parts behind it cannot.
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, let last = parts.last, let index = Int(last), index >= 0 else { return nil }
        receiver = parts.dropLast(2).joined(separator: "/")
        kind = String(parts[parts.count - 2])
        self.index = index
    }
}

extension IntegrationKey: Comparable, CustomStringConvertible {
    public var description: String { "\(receiver)/\(kind)/\(index)" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.receiver, left.kind, left.index) < (right.receiver, right.kind, right.index)
    }
}

/// What the dispatcher must know of an integration.
public struct IntegrationFacts: Hashable, Sendable {
    public let kind: String
    public let index: Int
    /// Whether it is told of the end of alerts.
    public let sendsResolved: Bool

    public init(kind: String, index: Int, sendsResolved: Bool) {
        self.kind = kind
        self.index = index
        self.sendsResolved = sendsResolved
    }
}

/// What the dispatcher must know of a receiver.
public struct ReceiverFacts: Hashable, Sendable {
    public let name: String
    public let integrations: [IntegrationFacts]
    /// Who is told instead when an integration cannot be reached.
    public let fallback: String?

    public init(name: String, integrations: [IntegrationFacts], fallback: String? = nil) {
        self.name = name
        self.integrations = integrations
        self.fallback = fallback
    }

    func key(_ facts: IntegrationFacts) -> IntegrationKey {
        IntegrationKey(receiver: name, kind: facts.kind, index: facts.index)
    }
}
