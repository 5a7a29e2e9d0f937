public import JSON
public import Metrics

/// What one guard said about one run, with the numbers that led to it, so that nobody has to compute them again to explain it.
public struct GuardVerdict: Sendable, Hashable {
    public let guardName: GuardName
    public let isAllowed: Bool
    /// One sentence for people.
    public let sentence: String
    /// The numbers, by name.
    public let facts: JSONObject
    /// How long from then until it may say otherwise; nil: nothing but an event or an operator changes its mind.
    public let retryAfter: Milliseconds?

    public init(
        _ guardName: GuardName,
        isAllowed: Bool,
        _ sentence: String,
        facts: [(String, JSONValue)] = [],
        retryAfter: Milliseconds? = nil
    ) {
        self.guardName = guardName
        self.isAllowed = isAllowed
        self.sentence = sentence
        self.facts = JSONObject(facts.map { JSONObject.Member(name: $0.0, value: $0.1) })
        self.retryAfter = retryAfter
    }

    static func allowed(_ name: GuardName, _ sentence: String, facts: [(String, JSONValue)] = []) -> GuardVerdict {
        GuardVerdict(name, isAllowed: true, sentence, facts: facts)
    }

    static func refused(
        _ name: GuardName,
        _ sentence: String,
        facts: [(String, JSONValue)] = [],
        retryAfter: Milliseconds? = nil
    ) -> GuardVerdict {
        GuardVerdict(name, isAllowed: false, sentence, facts: facts, retryAfter: retryAfter)
    }
}

/// Every guard, in the order in which they are asked: cheap and local first.
public enum GuardName: String, Sendable, Hashable, CaseIterable {
    case killSwitch = "kill_switch"
    case mode
    /// The template of an argument that does not resolve, an argument that makes no sense.
    case plan
    /// A webhook's alert has had its run.
    case repeated
    case protected
    case warmUp = "warm_up"
    case evidence
    case flapping
    case subjects
    case maintenance
    case require
    /// A unit that the treated one needs is ill itself.
    case dependency
    case cooldown
    case limit
    case breaker
    case storm
    /// The history cannot be written.
    case history
    case lock
    case fleet
    case approval
}
