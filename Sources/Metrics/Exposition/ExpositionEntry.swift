/// What a metric is, as its `# TYPE` line says.
public enum MetricType: UInt8, Sendable, Hashable, CaseIterable {
    /// `unknown` in OpenMetrics, `untyped` in Prometheus text, and everything without a `# TYPE` line.
    case unknown
    case counter
    case gauge
    case histogram
    case gaugeHistogram
    case summary
    case info
    case stateSet

    /// The word for the type in this format; the text format knows fewer types and calls the others untyped.
    public func word(in format: ExpositionFormat) -> String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        case .summary: "summary"
        case .unknown: format == .text ? "untyped" : "unknown"
        case .gaugeHistogram: format == .text ? "untyped" : "gaugehistogram"
        case .info: format == .text ? "untyped" : "info"
        case .stateSet: format == .text ? "untyped" : "stateset"
        }
    }

    static func named(_ word: some Sequence<UInt8>, in format: ExpositionFormat) -> MetricType? {
        if format == .text && word.elementsEqual("untyped".utf8) { return .unknown }
        return allCases.first { type in
            let name = type.word(in: format)
            return name != "untyped" && word.elementsEqual(name.utf8)
        }
    }
}

/// One entry of an exposition. Ranges are bytes of the body; names and texts in them are still escaped.
public enum ExpositionEntry: Sendable, Hashable {
    case help(name: Range<Int>, text: Range<Int>)
    case type(name: Range<Int>, MetricType)
    case unit(name: Range<Int>, text: Range<Int>)
    case comment(Range<Int>)
    case sample(ExposedSample)
}

/// One sample of an exposition.
public struct ExposedSample: Sendable, Hashable {
    /// The metric's name and labels as they are written, without the value.
    public var series: Range<Int>
    /// Where the value begins.
    public var valueStart: Int
    public var value: Double
    /// The sample's own time; nil where the time of the scrape counts.
    public var timestamp: Timestamp?
    public var hasExemplar: Bool
}

/// An example of what went into a sample, such as the trace of one request.
public struct Exemplar: Sendable, Hashable {
    public var labels: Labels
    public var value: Double
    public var timestamp: Timestamp?

    public init(labels: Labels, value: Double, timestamp: Timestamp? = nil) {
        self.labels = labels
        self.value = value
        self.timestamp = timestamp
    }
}
