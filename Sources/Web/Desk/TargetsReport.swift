public import Metrics

/// What is scraped, and what was found and is not.
public struct TargetsReport: Sendable, Hashable {
    public struct Target: Sendable, Hashable {
        public enum Health: String, Sendable, Hashable {
            case up
            case down
            case unknown
        }

        /// As discovery found it, before relabelling.
        public var discoveredLabels: Labels
        public var labels: Labels
        /// The name of the scrape job.
        public var pool: String
        public var url: String
        /// The same as others reach it: with this machine's name instead of `localhost`.
        public var globalURL: String
        /// Empty when the last scrape went well.
        public var lastError: String
        /// Nil before the first scrape.
        public var lastScrape: Timestamp?
        public var lastDuration: Duration
        public var health: Health
        public var interval: Milliseconds
        public var timeout: Milliseconds

        public init(
            discoveredLabels: Labels,
            labels: Labels,
            pool: String,
            url: String,
            globalURL: String,
            lastError: String = "",
            lastScrape: Timestamp? = nil,
            lastDuration: Duration = .zero,
            health: Health = .unknown,
            interval: Milliseconds,
            timeout: Milliseconds
        ) {
            self.discoveredLabels = discoveredLabels
            self.labels = labels
            self.pool = pool
            self.url = url
            self.globalURL = globalURL
            self.lastError = lastError
            self.lastScrape = lastScrape
            self.lastDuration = lastDuration
            self.health = health
            self.interval = interval
            self.timeout = timeout
        }
    }

    /// A target that relabelling dropped.
    public struct Dropped: Sendable, Hashable {
        public var discoveredLabels: Labels
        public var pool: String

        public init(discoveredLabels: Labels, pool: String) {
            self.discoveredLabels = discoveredLabels
            self.pool = pool
        }
    }

    public var pools: [String]
    public var active: [Target]
    /// Some of those that were dropped.
    public var dropped: [Dropped]
    /// How many were dropped in all, by the name of their job.
    public var droppedCounts: [String: Int]

    public init(
        pools: [String] = [],
        active: [Target] = [],
        dropped: [Dropped] = [],
        droppedCounts: [String: Int] = [:]
    ) {
        self.pools = pools
        self.active = active
        self.dropped = dropped
        self.droppedCounts = droppedCounts
    }
}

/// What one target says of its metrics.
public struct TargetMetadata: Sendable, Hashable {
    public var target: Labels
    public var families: [FamilyMetadata]

    public init(target: Labels, families: [FamilyMetadata]) {
        self.target = target
        self.families = families
    }
}
