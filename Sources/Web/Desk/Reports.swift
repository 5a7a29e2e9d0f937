public import Metrics

/// Which program this is.
public struct BuildReport: Sendable, Hashable {
    public var version: String
    public var revision: String
    public var branch: String
    /// When it was built, in no particular form.
    public var date: String

    public init(version: String, revision: String = "", branch: String = "", date: String = "") {
        self.version = version
        self.revision = revision
        self.branch = branch
        self.date = date
    }
}

/// How the process is doing.
public struct RuntimeReport: Sendable, Hashable {
    public var startedAt: Timestamp
    public var workingFolder: String
    public var lastReloadSucceeded: Bool
    public var lastReloadAt: Timestamp
    public var threads: Int
    public var processors: Int
    /// How many damaged pieces of the sample log were found.
    public var corruptions: Int
    public var retention: Milliseconds

    public init(
        startedAt: Timestamp,
        workingFolder: String,
        lastReloadSucceeded: Bool,
        lastReloadAt: Timestamp,
        threads: Int,
        processors: Int,
        corruptions: Int,
        retention: Milliseconds
    ) {
        self.startedAt = startedAt
        self.workingFolder = workingFolder
        self.lastReloadSucceeded = lastReloadSucceeded
        self.lastReloadAt = lastReloadAt
        self.threads = threads
        self.processors = processors
        self.corruptions = corruptions
        self.retention = retention
    }
}

/// The Alertmanagers that alerts are sent to, and those that relabelling dropped.
public struct AlertmanagersReport: Sendable, Hashable {
    public var active: [String]
    public var dropped: [String]

    public init(active: [String] = [], dropped: [String] = []) {
        self.active = active
        self.dropped = dropped
    }
}

/// How the parts of the agent are.
public struct HealthReport: Sendable, Hashable {
    /// From well to ill; the whole is as well as its worst part.
    public enum Condition: String, Sendable, Hashable, Comparable, CaseIterable {
        case healthy
        case degraded
        case unhealthy

        public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .healthy: 0
            case .degraded: 1
            case .unhealthy: 2
            }
        }
    }

    public struct Check: Sendable, Hashable {
        public var name: String
        public var condition: Condition
        /// What was found, in a sentence; empty when there is nothing to say.
        public var message: String
        /// How long the check took.
        public var latency: Duration
        /// Whether this is a part of medic, rather than something that it watches.
        public var isOwn = true

        public init(name: String, condition: Condition, message: String = "", latency: Duration) {
            self.name = name
            self.condition = condition
            self.message = message
            self.latency = latency
        }
    }

    public var checks: [Check]

    public init(checks: [Check]) {
        self.checks = checks
    }

    /// As bad as the worst of medic's own parts. What is only watched degrades it: medic itself goes on to work.
    public var condition: Condition {
        checks.map { $0.isOwn ? $0.condition : Swift.min($0.condition, .degraded) }.max() ?? .healthy
    }
}
