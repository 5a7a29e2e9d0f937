public import Metrics

/// What a host wants of the fleet: a place among those that are treated at once.
public struct FleetClaim: Sendable, Hashable {
    /// So many, or such a share of the group's hosts.
    public enum Share: Sendable, Hashable {
        case count(Int)
        case percent(Int)

        /// Rounded down, and at least one: a small fleet can be treated too.
        func count(of hosts: Int) -> Int {
            switch self {
            case .count(let count): Swift.max(1, count)
            case .percent(let percent): Swift.max(1, hosts * Swift.min(Swift.max(percent, 0), 100) / 100)
            }
        }
    }

    public var group: String
    public var run: String
    /// Whom the run treats: a host treats a subject once at a time, so that a former claim for it is a leftover.
    public var subject: String
    public var treatedMax: Share
    public var illMax: Share
    public var duration: Milliseconds

    public init(
        group: String,
        run: String,
        subject: String,
        treatedMax: Share,
        illMax: Share,
        duration: Milliseconds
    ) {
        self.group = group
        self.run = run
        self.subject = subject
        self.treatedMax = treatedMax
        self.illMax = illMax
        self.duration = duration
    }
}

/// A place that was granted. Nobody else has it until it is given back or its time is over.
public struct FleetPlace: Sendable, Hashable {
    public let group: String
    public let slot: Int64
    /// Rises with every place that the group gives: an older one says nothing any more.
    public let token: Int64

    public init(group: String, slot: Int64, token: Int64) {
        self.group = group
        self.slot = slot
        self.token = token
    }
}

/// What the store said.
public enum FleetAnswer: Sendable, Hashable {
    case granted(FleetPlace)
    /// In a sentence, with the numbers.
    case refused(String)
    /// Nobody knows.
    case unreachable(String)
}
