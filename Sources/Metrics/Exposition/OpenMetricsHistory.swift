/// Series with their samples over time, read from an OpenMetrics file: what `promtool tsdb create-blocks-from
/// openmetrics` takes, and also samples that are not in the order of time.
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
    /// The texts seen below the present type.
    private var texts = SeriesTextIndex()
    private var last: Int?

    init(_ bytes: UnsafeBufferPointer<UInt8>, unifiesBounds: Bool) {
        unsafe self.bytes = bytes
        parser = unsafe ExpositionParser(bytes, format: .openMetrics, unifiesBounds: unifiesBounds)
    }

    mutating func read() throws(ExpositionError) -> [(labels: Labels, samples: [Sample])] {
        while true {
            if let expected = expectedText() {
                let start = parser.place
                let sample = try parser.sample(after: texts.count(of: expected))
                try add(sample, of: expected, at: start)
                continue
            }
            guard let entry = try parser.next() else { break }
            switch entry {
            case .sample(let sample): try add(sample, of: text(of: sample.series), at: sample.series.lowerBound)
            case .type:
                // The same text may mean another series below another type.
                texts.removeAll()
                last = nil
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

    /// The text that stands at the parser's place, if it is the one that followed the last one before, or that one
    /// itself: files list either the samples of one series one after the other, or all series time by time.
    private func expectedText() -> Int? {
        guard let last else { return nil }
        let successor = texts.successor(of: last)
        if unsafe texts.isText(successor, at: parser.place, in: bytes) { return successor }
        return unsafe texts.isText(last, at: parser.place, in: bytes) ? last : nil
    }

    private mutating func add(_ sample: ExposedSample, of text: Int, at start: Int) throws(ExpositionError) {
        guard let timestamp = sample.timestamp else { throw parser.failure(.timestampMissing, at: start) }
        series[texts.value(of: text)].samples.append(Sample(timestamp: timestamp, value: sample.value))
        if let last { texts.setSuccessor(text, of: last) }
        last = text
    }

    private mutating func text(of range: Range<Int>) -> Int {
        if let text = unsafe texts.find(range, in: bytes) { return text }
        let labels = parser.labels
        let place = places[labels] ?? series.count
        if place == series.count {
            series.append((labels, []))
            places[labels] = place
        }
        return unsafe texts.insert(range, place, in: bytes)
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
