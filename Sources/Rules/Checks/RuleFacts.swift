public import Metrics

/// What the checks of rules know besides the files: all of it may be left open.
public struct RuleFacts: Sendable {
    /// How often groups are evaluated that do not say so themselves; nil when nobody knows.
    public var evaluationInterval: Milliseconds?
    /// How often targets are read; nil when nobody knows.
    public var scrapeInterval: Milliseconds?
    /// The names of all metrics that targets have shown and that rules record; nil when nobody knows.
    public var metrics: Set<String>?

    public init(
        evaluationInterval: Milliseconds? = nil,
        scrapeInterval: Milliseconds? = nil,
        metrics: Set<String>? = nil
    ) {
        self.evaluationInterval = evaluationInterval
        self.scrapeInterval = scrapeInterval
        self.metrics = metrics
    }

    /// Prometheus's interval where a configuration names none.
    static let assumedEvaluationInterval = Milliseconds.minutes(1)
    /// Short, so that little is held against a window whose scrape interval nobody knows.
    static let assumedScrapeInterval = Milliseconds.seconds(15)
}
