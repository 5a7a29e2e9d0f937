import Metrics
import Storage

/// Why a caller wants a query to end early.
public enum Interruption: Sendable {
    case timedOut
    case cancelled
}

/// What one evaluation of a query knows and uses up: the store, the limits, the annotations so far.
final class Run {
    let store: SampleStore
    let options: QueryOptions
    let times: QueryTimes
    private let interruption: (() -> Interruption?)?
    private var annotations = AnnotationSet()
    /// Samples that are in memory now, as Prometheus counts them.
    private(set) var samples = 0
    private var work = 0

    init(
        store: SampleStore,
        options: QueryOptions,
        times: QueryTimes,
        interruption: (() -> Interruption?)?
    ) {
        self.store = store
        self.options = options
        self.times = times
        self.interruption = interruption
    }

    /// Counts samples that were loaded or made; refuses when there are too many.
    func load(_ count: Int) throws(QueryError) {
        samples &+= count
        if samples > options.maxSamples { throw .tooManySamples }
    }

    /// Forgets samples: those in memory are now so many.
    func settle(at count: Int) {
        samples = count
    }

    /// Room for so many values; refused where they could never be filled within the limit on samples.
    func room(rows: Int, steps: Int) throws(QueryError) -> Int {
        let (cells, overflow) = rows.multipliedReportingOverflow(by: steps)
        // Holes are no samples and take room all the same, so the bound is looser than the limit.
        guard !overflow, cells / 4 <= max(options.maxSamples, 1_000_000) else { throw .tooManySamples }
        return cells
    }

    /// Asks whether to go on. Cheap enough for every row: the question itself is put once in a while.
    @inline(__always)
    func spend(_ amount: Int) throws(QueryError) {
        work &+= amount
        if work > 1 << 16 { try pause() }
    }

    /// Asks at once whether to go on.
    func pause() throws(QueryError) {
        work = 0
        switch interruption?() {
        case nil: return
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        }
    }

    /// In the order of their places in the query.
    var sortedAnnotations: [Annotation] {
        annotations.annotations.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    func note(_ fact: Annotation.Fact, at range: Range<Int>) {
        annotations.insert(fact, at: range)
    }

    /// Notes a quantile that is none.
    func checkQuantile(_ quantile: Double, at range: Range<Int>) {
        if quantile >= 0 && quantile <= 1 { return }
        note(.invalidQuantile(quantile), at: range)
    }
}
