import Metrics
import Storage

/// Feeds the series of a test into its store as time goes on. All series share the same moments, so they are one timeline.
struct InputFeed {
    private let writer: FrameWriter
    private let columns: [(slot: Int, values: [Double])]
    private let start: Timestamp
    private let interval: Milliseconds
    private var step = 0
    private let steps: Int
    private var row: [Double]

    /// Of a series that stands twice the later one counts, as in promtool.
    init(_ test: RuleTest, into store: SampleStore) throws(StorageRefusal) {
        writer = try store.openTimeline(named: "input")
        var valuesOfSlot: [Int: [Double]] = [:]
        for series in test.series {
            valuesOfSlot[try writer.slot(for: series.labels)] = series.values
        }
        columns = valuesOfSlot.map { (slot: $0.key, values: $0.value) }
        start = test.start
        interval = test.interval
        steps = columns.map(\.values.count).max() ?? 0
        row = Array(repeating: MarkerNaN.absent, count: writer.width)
    }

    /// Stores every sample that is not later than the moment and not stored yet.
    mutating func feed(through now: Timestamp) throws(StorageRefusal) {
        while step < steps {
            let (distance, overflow) = interval.rawValue.multipliedReportingOverflow(by: Int64(step))
            let time = start + Milliseconds(distance)
            guard !overflow, time <= now else { return }
            for (slot, values) in columns {
                row[slot] = step < values.count ? values[step] : MarkerNaN.absent
            }
            step += 1
            try store(at: time)
        }
    }

    private func store(at time: Timestamp) throws(StorageRefusal) {
        // The row is read only while the call lasts.
        let values = row.span
        try unsafe values.withUnsafeBufferPointer { values throws(StorageRefusal) in
            try unsafe writer.append(at: time, values: values)
        }
    }
}
