public import Metrics

/// How queries are read, and what they may use.
public struct QueryOptions: Sendable {
    /// How far back a selector looks for the last sample.
    public var lookback: Milliseconds
    /// The resolution of subqueries that name none.
    public var defaultSubqueryStep: Milliseconds
    /// How many samples may be in memory at once for one query. At the limit the query fails.
    public var maxSamples: Int
    /// How deeply expressions may nest.
    public var maxDepth: Int

    public init(
        lookback: Milliseconds = .minutes(5),
        defaultSubqueryStep: Milliseconds = .minutes(1),
        maxSamples: Int = 50_000_000,
        maxDepth: Int = 500
    ) {
        self.lookback = lookback
        self.defaultSubqueryStep = defaultSubqueryStep
        self.maxSamples = maxSamples
        self.maxDepth = maxDepth
    }
}
