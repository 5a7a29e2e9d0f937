public import Metrics

/// How the last scrape of a target went.
public struct TargetStatus: Hashable, Sendable {
    public enum Health: String, Hashable, Sendable {
        case unknown
        case up
        case down
    }

    public var health = Health.unknown
    /// Why the last scrape failed, in Prometheus's words; empty when it did not.
    public var lastError = ""
    /// When the last scrape began; nil before the first.
    public var lastScrape: Timestamp?
    public var lastDuration = Duration.zero
    /// Samples in its body.
    public var samples = 0

    init() {}
}
