import Metrics
import PromQL
import Storage

/// Selecting series and evaluating expressions as rules have them, at several sizes of the store.
struct EvaluationCases {
    /// Expressions over one metric that every series belongs to, so that the size is that of the work.
    private static let rules = [
        ("sum of rates", "sum by (job) (rate(x[5m]))"),
        ("rate over a threshold", "rate(x[5m]) > 1e9"),
        ("average", "avg by (job, instance) (x)"),
        ("maximum over time", "max by (job) (max_over_time(x[5m]))"),
        ("ratio", "sum by (job) (rate(x{status=\"500\"}[5m])) / sum by (job) (rate(x[5m]))"),
        ("join", "x{status=\"500\"} / ignoring (status) x{status=\"200\"} > 1e9"),
        ("top ten", "topk(10, x)"),
    ]
    private static let buckets = ("quantile of buckets", "histogram_quantile(0.95, rate(b_bucket[5m]))")

    let sizes: [Int]

    func run(into report: inout Report) throws {
        for size in sizes {
            let store = try filled(series: size)
            for (name, text) in Self.rules + [Self.buckets] {
                try measure("\(name)/\(size)", text, store, into: &report)
            }
            try select(size, store, into: &report)
        }
    }

    /// Prepared: the same rule again. Unprepared: parsed, planned, selected and evaluated from nothing.
    private func measure(_ name: String, _ text: String, _ store: SampleStore, into report: inout Report) throws {
        let now = Self.now
        let query = Engine(store: store).prepare(try parse(text), text: text)
        let prepared = try Stopwatch(rounds: 15) { _ in _ = try query.instant(at: now) }
        report.add("evaluate/\(name)", prepared.nanoseconds / 1e6, .milliseconds)
        report.add("evaluate/\(name)", prepared.allocations, .allocations)
        let unprepared = try Stopwatch(rounds: 5) { _ in
            _ = try Engine(store: store).prepare(try parse(text), text: text).instant(at: now)
        }
        report.add("evaluate, unprepared/\(name)", unprepared.nanoseconds / 1e6, .milliseconds)
    }

    private func select(_ size: Int, _ store: SampleStore, into report: inout Report) throws {
        let cases = [
            ("by name", [try LabelMatcher("__name__", .equal, "x")]),
            (
                "by expression",
                [
                    try LabelMatcher("__name__", .equal, "x"), try LabelMatcher("instance", .matches, ".*[02468]:9100"),
                ]
            ),
            (
                "one of thousands",
                [
                    try LabelMatcher("__name__", .equal, "x"), try LabelMatcher("path", .equal, "/p/17"),
                ]
            ),
        ]
        for (name, matchers) in cases {
            var found = 0
            let watch = Stopwatch(rounds: 9) { _ in found = store.readIndex { $0.select(matchers).count } }
            report.add("select \(name)/\(size)", watch.nanoseconds / Double(max(1, found)), .nanosecondsPerSeries)
        }
    }

    private static let frames = 45
    private static let start = Timestamp(milliseconds: 1_700_000_000_000)
    private static var now: Timestamp { start + Milliseconds(Int64(frames) * 15_000 + 3_000) }

    /// Counters `x` and as many buckets `b_bucket` in targets of 5,000, with 45 scrapes: two windows of five minutes.
    private func filled(series: Int) throws -> SampleStore {
        let store = SampleStore(limits: StorageLimits(maxSeries: 4 * series + 1_000))
        let perTarget = 5_000
        for target in 0..<max(1, series / perTarget) {
            let count = min(series, perTarget)
            let base = [Label("job", "job-\(target % 5)"), Label("instance", "10.0.0.\(target):9100")]
            let writer = try store.openTimeline(named: "target-\(target)")
            for number in 0..<count {
                let labels =
                    base + [
                        Label("path", "/p/\(number / 4)"), Label("status", ["200", "302", "404", "500"][number % 4]),
                    ]
                _ = try writer.slot(for: Labels(name: "x", labels))
            }
            for number in 0..<count {
                let labels = base + [Label("path", "/p/\(number / 10)"), Label("le", Self.bounds[number % 10])]
                _ = try writer.slot(for: Labels(name: "b_bucket", labels))
            }
            try fill(writer, counters: count)
        }
        return store
    }

    private static let bounds = ["0.01", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"]

    private func fill(_ writer: FrameWriter, counters count: Int) throws {
        var row = [Double](repeating: 0, count: writer.width)
        for frame in 1...Self.frames {
            for slot in 0..<count {
                row[slot] += Double((slot &* 7 &+ frame) % 13)
                row[count + slot] += Double(slot % 10 + 1)
            }
            // The row is read only while the call lasts.
            try unsafe row.withUnsafeBufferPointer { values in
                unsafe try writer.append(at: Self.start + Milliseconds(Int64(frame) * 15_000), values: values)
            }
        }
    }
}
