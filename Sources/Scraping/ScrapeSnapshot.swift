public import Metrics

/// What is scraped at a moment, for those who show it.
public struct ScrapeSnapshot: Sendable {
    public struct Target: Sendable {
        public let job: String
        /// Before relabelling.
        public let discovered: Labels
        /// The labels of its series.
        public let labels: Labels
        public let url: String
        public let interval: Milliseconds
        public let timeout: Milliseconds
        public let status: TargetStatus
    }

    /// A target that relabelling dropped.
    public struct Dropped: Sendable {
        public let job: String
        public let discovered: Labels
    }

    /// The names of the jobs, sorted.
    public let jobs: [String]
    /// By job and URL.
    public let active: [Target]
    /// As many as are remembered.
    public let dropped: [Dropped]
    /// How many were dropped in all, by job.
    public let droppedCounts: [String: Int]
}
