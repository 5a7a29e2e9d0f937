public import Metrics

/// What a query yields, and what there is to say about it.
public struct QueryResult: Sendable {
    public var value: QueryValue
    /// Each once, in the order of their places in the query.
    public var annotations: [Annotation]

    public init(value: QueryValue, annotations: [Annotation] = []) {
        self.value = value
        self.annotations = annotations
    }
}

/// The four kinds of value.
public enum QueryValue: Sendable {
    case scalar(Double)
    case string(String)
    /// One value per series, all of the moment asked for.
    case vector([VectorElement])
    /// Several values per series: the answer to a range query, and to a range selector asked for at a moment.
    case matrix([MatrixSeries])
}

/// One series at one moment.
public struct VectorElement: Sendable {
    public var labels: Labels
    public var timestamp: Timestamp
    public var value: SampleValue

    public init(labels: Labels, timestamp: Timestamp, value: SampleValue) {
        self.labels = labels
        self.timestamp = timestamp
        self.value = value
    }
}

/// One value of a series in the answer to a query.
public struct SeriesPoint: Sendable {
    public var timestamp: Timestamp
    public var value: SampleValue

    public init(timestamp: Timestamp, value: SampleValue) {
        self.timestamp = timestamp
        self.value = value
    }

    public init(_ sample: Sample) {
        self.init(timestamp: sample.timestamp, value: .float(sample.value))
    }
}

/// One series and its points, sorted by time.
public struct MatrixSeries: Sendable {
    public var labels: Labels
    public var samples: [SeriesPoint]

    public init(labels: Labels, samples: [SeriesPoint]) {
        self.labels = labels
        self.samples = samples
    }
}
