import Diagnostics
import Files
import Metrics
import Storage

/// A file of samples, loaded for queries.
struct SampleFile {
    let store: SampleStore
    /// The time of the newest sample; the epoch when there is none.
    let newest: Timestamp
    /// The time of the oldest sample; the epoch when there is none.
    let oldest: Timestamp
    let seriesCount: Int
    let sampleCount: Int
    /// How long reading and loading took.
    let loading: Duration

    /// Reads the file; nil when it does not parse, after telling why.
    static func open(_ path: String, _ console: Console) throws -> SampleFile? {
        try Progress.during("reading \(path == "-" ? "standard input" : path)", console) { _ in try read(path, console)
        }
    }

    private static func read(_ path: String, _ console: Console) throws -> SampleFile? {
        let clock = ContinuousClock()
        let begin = clock.now
        let bytes = try console.read(path)
        let series: [(labels: Labels, samples: [Sample])]
        do throws(ExpositionError) {
            // A file is answered as it is written: `le="1"` stays what it is.
            series = try OpenMetricsHistory.read(bytes.span, unifiesBounds: false)
        } catch {
            try Problems(console).show([problem(error, in: bytes, named: path == "-" ? "standard input" : path)])
            return nil
        }
        let store = SampleStore()
        try store.load(series)
        return SampleFile(
            store: store,
            newest: series.compactMap { $0.samples.last?.timestamp }.max() ?? .epoch,
            oldest: series.compactMap { $0.samples.first?.timestamp }.min() ?? .epoch,
            seriesCount: series.count,
            sampleCount: series.reduce(0) { $0 + $1.samples.count },
            loading: clock.now - begin
        )
    }

    private static func problem(_ error: ExpositionError, in bytes: [UInt8], named name: String) -> Diagnostic {
        // Malformed UTF-8 may change length when it is decoded, so the place is found again by line and column.
        let source = SourceText(name: name, text: String(decoding: bytes, as: UTF8.self))
        let line = source.line(error.line)
        let offset = source.start(ofLine: error.line) + line.prefix(max(0, error.column - 1)).utf8.count
        return Diagnostic(
            .error,
            code: "exposition/parse",
            message: error.message,
            range: offset..<offset,
            source: source
        )
    }
}
