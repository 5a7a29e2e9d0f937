public import Metrics

/// Something worth telling beside a query's result, and the part of the query it is about.
public struct Annotation: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The result may be wrong.
        case warning
        /// The result may not mean what it seems to.
        case info
    }

    /// What was noticed. The words for it are in `message`.
    public enum Fact: Sendable, Hashable {
        /// A quantile outside of 0...1.
        case invalidQuantile(Double)
        /// A ratio outside of -1...1, and what was used instead.
        case invalidRatio(Double, used: Double)
        /// A series given to a histogram function whose `le` is no number. The metric's name may be empty.
        case badBucketLabel(metric: String, value: String)
        /// `rate` or `increase` of a metric whose name is not one of a counter.
        case possibleNonCounter(metric: String)
        /// Buckets whose counts had to be corrected. The metric's name may be empty.
        case forcedMonotonicity(metric: String, MonotonicityReport)
        /// An operator on native histograms that met plain numbers.
        case incompatibleTypes(BinaryOperator)
        /// `sort` in a range query, whose result is always in the order of labels.
        case sortInRangeQuery
    }

    public var fact: Fact
    /// Bytes of the query.
    public var range: Range<Int>

    public init(_ fact: Fact, range: Range<Int>) {
        self.fact = fact
        self.range = range
    }

    public var kind: Kind {
        switch fact {
        case .invalidQuantile, .invalidRatio, .badBucketLabel, .sortInRangeQuery: .warning
        case .possibleNonCounter, .forcedMonotonicity, .incompatibleTypes: .info
        }
    }
}

/// All corrections of one metric's buckets in a query, summed up.
public struct MonotonicityReport: Sendable, Hashable {
    public var repair: MonotonicityRepair
    public var count: Int
    public var first: Timestamp
    public var last: Timestamp

    public init(_ repair: MonotonicityRepair, at time: Timestamp) {
        self.repair = repair
        count = 1
        first = time
        last = time
    }

    func merged(with other: MonotonicityReport) -> MonotonicityReport {
        var result = self
        result.repair = repair.merged(with: other.repair)
        result.count += other.count
        result.first = min(first, other.first)
        result.last = max(last, other.last)
        return result
    }
}

/// The annotations of one evaluation. What is said twice is kept once, at its first place.
public struct AnnotationSet: Sendable {
    public private(set) var annotations: [Annotation] = []
    private var places: [Key: Int] = [:]

    private enum Key: Hashable {
        case fact(Annotation.Fact)
        case forcedMonotonicity(metric: String)
    }

    public init() {}

    public mutating func insert(_ fact: Annotation.Fact, at range: Range<Int>) {
        insert(Annotation(fact, range: range))
    }

    public mutating func insert(_ annotation: Annotation) {
        let key = AnnotationSet.key(of: annotation.fact)
        guard let place = places[key] else {
            places[key] = annotations.count
            annotations.append(annotation)
            return
        }
        if case .forcedMonotonicity(let metric, let report) = annotation.fact,
            case .forcedMonotonicity(_, let earlier) = annotations[place].fact
        {
            annotations[place].fact = .forcedMonotonicity(metric: metric, earlier.merged(with: report))
        }
    }

    public mutating func merge(_ other: AnnotationSet) {
        for annotation in other.annotations { insert(annotation) }
    }

    private static func key(of fact: Annotation.Fact) -> Key {
        switch fact {
        // NaN is unequal to itself, but one NaN is enough.
        case .invalidQuantile(let value) where value.isNaN: .fact(.invalidQuantile(.infinity.nextDown))
        case .forcedMonotonicity(let metric, _): .forcedMonotonicity(metric: metric)
        default: .fact(fact)
        }
    }
}
