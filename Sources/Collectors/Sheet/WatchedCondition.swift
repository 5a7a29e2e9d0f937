/// How something is that medic looks at, as the last look found it.
public struct WatchedCondition: Sendable, Hashable {
    public enum Level: Int, Sendable, Hashable, Comparable {
        case healthy
        /// It works, and something about it is wrong; or it cannot be looked at from here.
        case degraded
        case unhealthy

        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// `postgres main`.
    public let name: String
    public let level: Level
    /// What is wrong, in a sentence; empty when nothing is.
    public let message: String
    /// How long the look took.
    public let latency: Duration

    public init(name: String, level: Level, message: String = "", latency: Duration) {
        self.name = name
        self.level = level
        self.message = message
        self.latency = latency
    }
}
