public import Metrics

/// Which notifications are sent when: retries, bounds per receiver, breakers. Each receiver has a queue of its own, so that a dead one
/// delays nobody.
///
/// Times are those of a clock that does not jump, in milliseconds since any moment.
public struct Outbox: Sendable {
    /// A notification as the queue knows it; what it says is somewhere else.
    public struct Entry: Hashable, Sendable {
        public let id: String
        public let integration: IntegrationKey
        /// What must arrive in the order in which it was said; empty where there is no order.
        public let group: String
        public let queuedAt: Timestamp
        public var attempts: Int
        public var notBefore: Timestamp
        public var trouble: String

        public init(
            id: String,
            integration: IntegrationKey,
            group: String = "",
            queuedAt: Timestamp,
            attempts: Int = 0,
            notBefore: Timestamp? = nil,
            trouble: String = ""
        ) {
            self.id = id
            self.integration = integration
            self.group = group
            self.queuedAt = queuedAt
            self.attempts = attempts
            self.notBefore = notBefore ?? queuedAt
            self.trouble = trouble
        }
    }

    /// What became of a try.
    public enum Verdict: Hashable, Sendable {
        case told
        /// It is tried again: write down when.
        case again(Entry)
        case failed(String)
        /// It was withdrawn while it was on its way.
        case withdrawn
    }

    /// What became of notifications since the start.
    public struct Tally: Hashable, Sendable {
        public var sent = 0
        /// Refused for good, or tried for too long.
        public var givenUp = 0
        /// Given up because too many waited.
        public var dropped = 0
        /// Tries that were worth another one.
        public var failedTries = 0
    }

    /// How a receiver fares.
    public struct Health: Hashable, Sendable {
        public let integration: IntegrationKey
        public let queued: Int
        public let inFlight: Int
        public let failuresInRow: Int
        /// Until when it is left alone.
        public let restsUntil: Timestamp?
        public let lastTrouble: String
        public let tally: Tally
    }

    var lanes: [IntegrationKey: Lane] = [:]
    private var owners: [String: IntegrationKey] = [:]
    /// How many notifications wait at most; beyond, the oldest of the fullest queue is given up.
    public let limit: Int
    public private(set) var dropped = 0

    public init(limit: Int = 10_000) {
        self.limit = limit
    }

    public var count: Int { owners.count }

    /// Queues a notification. Returns one that had to make room, which counts as failed.
    public mutating func add(_ entry: Entry, policy: OutboxPolicy) -> Entry? {
        guard owners[entry.id] == nil else { return nil }
        var victim: Entry?
        if owners.count >= limit, let fullest = lanes.max(by: { $0.value.count < $1.value.count })?.key {
            victim = lanes[fullest]?.dropOldest()
            if let victim {
                owners[victim.id] = nil
                lanes[fullest]?.tally.dropped += 1
                dropped += 1
            }
        }
        owners[entry.id] = entry.integration
        lanes[entry.integration, default: Lane(policy: policy)].policy = policy
        lanes[entry.integration]?.isGone = false
        lanes[entry.integration]?.append(entry)
        return victim
    }

    /// Takes a notification out because a newer one says more. One on its way is not called back.
    public mutating func withdraw(_ id: String) -> Bool {
        guard let owner = owners[id] else { return false }
        if lanes[owner]?.inFlight[id] != nil {
            lanes[owner]?.withdrawn.insert(id)
            return false
        }
        lanes[owner]?.remove(id)
        owners[id] = nil
        return true
    }

    /// Other bounds from now on, and perhaps other receivers. Returns what waits for those that are gone: nobody can be told of it any more.
    public mutating func adopt(_ policies: (IntegrationKey) -> OutboxPolicy?) -> [Entry] {
        var lost: [Entry] = []
        for key in lanes.keys.sorted() {
            if let policy = policies(key) {
                lanes[key]?.policy = policy
                lanes[key]?.isGone = false
            } else {
                lost += lanes[key]?.removeWaiting() ?? []
                lanes[key]?.isGone = true
                forgetLane(key)
            }
        }
        for entry in lost { owners[entry.id] = nil }
        return lost
    }

    /// A receiver that is gone is forgotten when nothing is on its way to it any more.
    private mutating func forgetLane(_ key: IntegrationKey) {
        if let lane = lanes[key], lane.isGone, lane.isEmpty { lanes[key] = nil }
    }

    /// The notifications to send now.
    public mutating func due(at now: Timestamp) -> [Entry] {
        var started: [Entry] = []
        for key in lanes.keys.sorted() {
            while let entry = lanes[key]?.start(at: now) { started.append(entry) }
        }
        return started
    }

    /// When something may be sent that cannot be now; nil when nothing waits, or only for a try to end.
    public func nextDue(after now: Timestamp) -> Timestamp? {
        lanes.values.compactMap { $0.nextStart(after: now) }.min()
    }

    /// Takes in how a try went.
    public mutating func finished(_ id: String, _ result: SendResult, at now: Timestamp) -> Verdict {
        guard let owner = owners[id], let verdict = lanes[owner]?.finish(id, result, at: now) else { return .withdrawn }
        if case .again = verdict { return verdict }
        owners[id] = nil
        forgetLane(owner)
        return verdict
    }

    /// How the receivers fare, by name.
    public func health(at now: Timestamp) -> [Health] {
        lanes.keys.sorted().compactMap { key in
            guard let lane = lanes[key] else { return nil }
            return Health(
                integration: key,
                queued: lane.count,
                inFlight: lane.inFlight.count,
                failuresInRow: lane.failuresInRow,
                restsUntil: lane.restsUntil > now ? lane.restsUntil : nil,
                lastTrouble: lane.lastTrouble,
                tally: lane.tally
            )
        }
    }
}
