/// What an exposition says about a metric.
public struct FamilyMetadata: Sendable, Hashable {
    public var name: String
    public var type: MetricType
    public var help: String?
    public var unit: String?

    public init(name: String, type: MetricType = .unknown, help: String? = nil, unit: String? = nil) {
        self.name = name
        self.type = type
        self.help = help
        self.unit = unit
    }
}

/// A metric with its samples, as an exposition lists them.
public struct MetricFamily: Sendable, Hashable {
    public struct Sample: Sendable, Hashable {
        /// With the name of the sample, which may be longer than that of the family: `http_seconds_bucket`.
        public var labels: Labels
        public var value: Double
        public var timestamp: Timestamp?
        public var exemplar: Exemplar?

        public init(_ labels: Labels, _ value: Double, timestamp: Timestamp? = nil, exemplar: Exemplar? = nil) {
            self.labels = labels
            self.value = value
            self.timestamp = timestamp
            self.exemplar = exemplar
        }
    }

    public var metadata: FamilyMetadata
    public var samples: [Sample]

    public init(_ metadata: FamilyMetadata, samples: [Sample] = []) {
        self.metadata = metadata
        self.samples = samples
    }
}

extension MetricType {
    /// What the names of a family's samples may add to its name.
    var sampleSuffixes: [String] {
        switch self {
        case .counter: ["_total", "_created"]
        case .histogram: ["_bucket", "_count", "_sum", "_created"]
        case .gaugeHistogram: ["_bucket", "_gcount", "_gsum"]
        case .summary: ["_count", "_sum", "_created"]
        case .info: ["_info"]
        case .gauge, .stateSet, .unknown: []
        }
    }
}

/// Reads whole expositions.
public enum Exposition {
    /// Lends a parser over the bytes, which stay in place for as long as `body` runs.
    public static func withParser<Result, Failure: Error>(
        _ bytes: Span<UInt8>,
        format: ExpositionFormat,
        unifiesBounds: Bool = true,
        _ body: (inout ExpositionParser) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(Failure) in
            var parser = unsafe ExpositionParser(bytes, format: format, unifiesBounds: unifiesBounds)
            return try body(&parser)
        }
    }

    /// All metrics of an exposition with their samples, in the order in which they first appear.
    public static func families(
        _ bytes: Span<UInt8>,
        format: ExpositionFormat,
        unifiesBounds: Bool = true
    ) throws(ExpositionError) -> [MetricFamily] {
        try withParser(bytes, format: format, unifiesBounds: unifiesBounds) { parser throws(ExpositionError) in
            var collector = FamilyCollector()
            while let entry = try parser.next() {
                collector.add(entry, parser)
            }
            return collector.families
        }
    }

    /// The same for text at hand.
    public static func families(
        _ text: String,
        format: ExpositionFormat,
        unifiesBounds: Bool = true
    ) throws(ExpositionError) -> [MetricFamily] {
        try families(Array(text.utf8).span, format: format, unifiesBounds: unifiesBounds)
    }

    /// What an exposition says about its metrics, without their samples.
    public static func metadata(
        _ bytes: Span<UInt8>,
        format: ExpositionFormat
    ) throws(ExpositionError) -> [FamilyMetadata] {
        try withParser(bytes, format: format) { parser throws(ExpositionError) in
            var collector = FamilyCollector()
            while let entry = try parser.next() {
                if case .sample = entry { continue }
                collector.add(entry, parser)
            }
            return collector.families.map(\.metadata)
        }
    }
}

/// Sorts entries into families.
private struct FamilyCollector {
    var families: [MetricFamily] = []
    private var places: [String: Int] = [:]

    mutating func add(_ entry: ExpositionEntry, _ parser: ExpositionParser) {
        switch entry {
        case .help(let name, let text):
            let place = place(of: parser.name(name))
            families[place].metadata.help = parser.helpText(text)
        case .type(let name, let type):
            let place = place(of: parser.name(name))
            families[place].metadata.type = type
        case .unit(let name, let text):
            let place = place(of: parser.name(name))
            families[place].metadata.unit = parser.name(text)
        case .comment: break
        case .sample(let sample): add(sample, parser)
        }
    }

    private mutating func add(_ sample: ExposedSample, _ parser: ExpositionParser) {
        let labels = parser.labels
        let place = familyPlace(of: labels.metricName ?? "")
        families[place].samples.append(
            MetricFamily.Sample(
                labels,
                sample.value,
                timestamp: sample.timestamp,
                exemplar: sample.hasExemplar ? parser.exemplar : nil
            )
        )
    }

    /// The family of a sample: the one of its name, or one whose type lets its samples have such a longer name.
    private mutating func familyPlace(of name: String) -> Int {
        if let place = places[name] { return place }
        for suffix in ["_bucket", "_count", "_sum", "_total", "_created", "_gcount", "_gsum", "_info"]
        where name.hasSuffix(suffix) {
            let base = String(name.dropLast(suffix.count))
            if let place = places[base], families[place].metadata.type.sampleSuffixes.contains(suffix) { return place }
        }
        return place(of: name)
    }

    private mutating func place(of name: String) -> Int {
        if let place = places[name] { return place }
        places[name] = families.count
        families.append(MetricFamily(FamilyMetadata(name: name)))
        return families.count - 1
    }
}
