import Metrics
public import Storage

/// Answers queries over a store.
///
/// Any number of threads may prepare and run queries of one engine beside those that append. What selectors found is
/// shared between them.
public final class Engine: Sendable {
    /// Where the samples are that it reads.
    public let store: SampleStore
    public let options: QueryOptions
    private let cache = SelectionCache()

    public init(store: SampleStore, options: QueryOptions = QueryOptions()) {
        self.store = store
        self.options = options
    }

    /// Makes a plan for an expression, to be run as often as wanted. What is wrong with the expression beyond its syntax is
    /// reported when it is run, as Prometheus does.
    ///
    /// - Parameters:
    ///   - text: what the expression was parsed from; the ranges of annotations refer to it.
    ///   - options: instead of the engine's own.
    public func prepare(_ expression: Expression, text: String, options: QueryOptions? = nil) -> PreparedQuery {
        PreparedQuery(expression, text: text, store, options ?? self.options, cache)
    }
}
