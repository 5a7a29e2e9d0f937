/// Series with their samples over time, read from an OpenMetrics file: what `promtool tsdb create-blocks-from openmetrics`
/// takes, and also samples that are not in the order of time.
public enum OpenMetricsHistory {
    /// Reads a file. Each series' samples come out sorted by time; a sample that stands twice counts once.
    ///
    /// The bytes before the value identify a series, so labels are built once for each and not for each sample.
    /// - Parameter unifiesBounds: See `ExpositionParser.unifiesBounds`; promtool has done it since Prometheus 3.
    public static func read(
        _ bytes: Span<UInt8>,
        unifiesBounds: Bool = true
    ) throws(ExpositionError) -> [(labels: Labels, samples: [Sample])] {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(ExpositionError) in
            try unsafe read(bytes, unifiesBounds: unifiesBounds)
        }
    }

    /// The same for bytes in raw memory, such as a mapped file, which the caller keeps in place for the call.
    public static func read(
        _ bytes: UnsafeBufferPointer<UInt8>,
        unifiesBounds: Bool = true
    ) throws(ExpositionError) -> [(labels: Labels, samples: [Sample])] {
        var reader = unsafe HistoryReader(bytes, unifiesBounds: unifiesBounds)
        return try reader.read()
    }
}

/// Unsafe inside because it keeps ranges of the bytes as the keys of series; the bytes outlive the reader.
@safe private struct HistoryReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var parser: ExpositionParser
    private var series: [(labels: Labels, samples: [Sample])] = []
    private var places: [Labels: Int] = [:]
    private var index = SeriesTextIndex()
    private var lastText = 0..<0
    private var lastPlace = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, unifiesBounds: Bool) {
        unsafe self.bytes = bytes
        parser = unsafe ExpositionParser(bytes, format: .openMetrics, unifiesBounds: unifiesBounds)
    }

    mutating func read() throws(ExpositionError) -> [(labels: Labels, samples: [Sample])] {
        while let entry = try parser.next() {
            switch entry {
            case .sample(let sample): try add(sample)
            case .type:
                // The same text may mean another series below another type.
                index.removeAll()
                lastText = 0..<0
            case .help, .unit, .comment: continue
            }
        }
        for place in series.indices {
            if let conflict = sort(&series[place].samples) {
                throw try self.conflict(in: series[place].labels, at: conflict)
            }
        }
        return series
    }

    /// Finds the sample that contradicts an earlier one by reading once more: only for the message, so samples need not
    /// remember where they stood.
    private func conflict(in labels: Labels, at timestamp: Timestamp) throws(ExpositionError) -> ExpositionError {
        var again = unsafe ExpositionParser(bytes, format: .openMetrics, unifiesBounds: parser.unifiesBounds)
        var first: Double?
        while let entry = try again.next() {
            guard case .sample(let sample) = entry, sample.timestamp == timestamp, again.labels == labels else {
                continue
            }
            if let first, first.bitPattern != sample.value.bitPattern {
                return again.failure(.conflictingSample, at: sample.series.lowerBound)
            }
            first = first ?? sample.value
        }
        return again.failure(.conflictingSample, at: 0)
    }

    private mutating func add(_ sample: ExposedSample) throws(ExpositionError) {
        guard let timestamp = sample.timestamp else {
            throw parser.failure(.timestampMissing, at: sample.series.lowerBound)
        }
        let place = place(of: sample.series)
        series[place].samples.append(Sample(timestamp: timestamp, value: sample.value))
    }

    private mutating func place(of text: Range<Int>) -> Int {
        // A file mostly lists the samples of one series one after the other.
        if unsafe text.count == lastText.count && bytes[text].elementsEqual(bytes[lastText]) { return lastPlace }
        let place = unsafe index.value(of: text, in: bytes) ?? newPlace(of: text)
        lastText = text
        lastPlace = place
        return place
    }

    private mutating func newPlace(of text: Range<Int>) -> Int {
        let labels = parser.labels
        let place = places[labels] ?? series.count
        if place == series.count {
            series.append((labels, []))
            places[labels] = place
        }
        unsafe index.insert(text, place, in: bytes)
        return place
    }

    /// Sorts by time and drops what stands twice. Returns the time at which the series has two values.
    private func sort(_ samples: inout [Sample]) -> Timestamp? {
        let isSorted = zip(samples, samples.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp }
        if isSorted { return nil }
        samples.sort { $0.timestamp < $1.timestamp }
        var kept: [Sample] = []
        kept.reserveCapacity(samples.count)
        for sample in samples {
            guard let last = kept.last, last.timestamp == sample.timestamp else {
                kept.append(sample)
                continue
            }
            if last.value.bitPattern != sample.value.bitPattern { return sample.timestamp }
        }
        samples = kept
        return nil
    }
}
