import Metrics
import PromQL
import Storage

/// A store with a few series, and questions to it.
struct Fixture {
    let store = SampleStore()
    let engine: Engine

    init(options: QueryOptions = QueryOptions()) {
        engine = Engine(store: store, options: options)
    }

    /// Series and their values, one every `interval` seconds from zero on; `_` is no sample, `stale` a staleness marker.
    init(every interval: Int64, _ series: [String: String], options: QueryOptions = QueryOptions()) throws {
        self.init(options: options)
        try load(every: interval, series)
    }

    func load(every interval: Int64, _ series: [String: String]) throws {
        let rows = try series.sorted { $0.key < $1.key }.map { metric, values in
            (labels: try parseMetric(metric), samples: Self.samples(values, interval))
        }
        try store.load(rows)
    }

    private static func samples(_ text: String, _ interval: Int64) -> [Sample] {
        text.split(separator: " ").enumerated().compactMap { index, word in
            guard word != "_" else { return nil }
            let value = word == "stale" ? MarkerNaN.stale : Double(word) ?? .nan
            return Sample(timestamp: Timestamp(milliseconds: Int64(index) * interval * 1_000), value: value)
        }
    }

    func prepare(_ query: String) throws -> PreparedQuery {
        engine.prepare(try parse(query), text: query)
    }

    /// The answer at so many seconds.
    func ask(_ query: String, at seconds: Double) throws -> QueryResult {
        try prepare(query).instant(at: Timestamp(milliseconds: Int64(seconds * 1_000)))
    }

    /// The answer as text: `a{x="1"} 2, b 3`; in the order of the answer where asked for, else sorted as text.
    func text(_ query: String, at seconds: Double, inOrder: Bool = false) throws -> String {
        let value = try ask(query, at: seconds).value
        guard case .vector(let elements) = value, !inOrder else { return value.text }
        return elements.map(\.text).sorted().joined(separator: ", ")
    }

    /// The answer of a range query: `a{x="1"} 0:2 60:3`, times in seconds.
    func text(_ query: String, from start: Int64, to end: Int64, step: Int64) throws -> String {
        try prepare(query).range(start: .seconds(start), end: .seconds(end), step: .seconds(step)).value.text
    }

    func annotations(_ query: String, at seconds: Double) throws -> [String] {
        try ask(query, at: seconds).annotations.map { $0.text(in: query) }
    }

    /// The words of the error, or a note that there was none.
    func failure(_ query: String, at seconds: Double) throws -> String {
        let prepared = try prepare(query)
        do throws(QueryError) {
            _ = try prepared.instant(at: Timestamp(milliseconds: Int64(seconds * 1_000)))
            return "no error"
        } catch {
            return error.description
        }
    }
}

extension Timestamp {
    static func seconds(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }
}

extension VectorElement {
    var text: String { "\(labels) \(Number.general(value.number))" }
}

extension QueryValue {
    var text: String {
        switch self {
        case .scalar(let value): Number.general(value)
        case .string(let text): text
        case .vector(let elements):
            elements.map(\.text).joined(separator: ", ")
        case .matrix(let series):
            series.map { series in
                let points = series.samples.map {
                    "\(Number.plain($0.timestamp.seconds)):\(Number.general($0.value.number))"
                }
                return "\(series.labels) \(points.joined(separator: " "))"
            }.joined(separator: ", ")
        }
    }
}

/// A small repeatable source of numbers.
struct EvaluationRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
