import Metrics
import Storage

/// Many targets of the imagined service, scraped at one interval into a store.
final class Fleet {
    struct Target {
        var service: Service
        let writer: FrameWriter
        let slots: [Int]
        var row: [Double]
    }

    static let interval = Milliseconds.seconds(15)
    /// Scrapes begin here; not the epoch, so that times have the length that real ones have.
    static let start = Timestamp(milliseconds: 1_700_000_000_000)

    let store: SampleStore
    private(set) var targets: [Target] = []
    private(set) var now = Fleet.start

    /// About `series` series in targets of at most `perTarget`, without samples yet.
    init(series: Int, perTarget: Int = 5_000, store: SampleStore = SampleStore()) throws {
        self.store = store
        var remaining = series
        while remaining > 0 {
            let count = min(remaining, perTarget)
            let number = targets.count
            let service = Service(
                count: count,
                job: "job-\(number % 5)",
                instance: "10.0.\(number / 250).\(number % 250):9100",
                seed: UInt64(number + 1)
            )
            let writer = try store.openTimeline(named: "target-\(number)")
            var slots: [Int] = []
            for entry in service.series {
                slots.append(try writer.slot(for: entry.labels))
            }
            targets.append(
                Target(service: service, writer: writer, slots: slots, row: Array(repeating: 0, count: writer.width))
            )
            remaining -= count
        }
    }

    /// One scrape of every target: the values move, then a frame of each is appended.
    func scrape() throws {
        now = now + Self.interval
        for index in targets.indices {
            targets[index].service.advance()
            for (place, slot) in targets[index].slots.enumerated() {
                targets[index].row[slot] = targets[index].service.series[place].value
            }
            try append(targets[index].row, to: targets[index].writer, at: now)
        }
    }

    // The row is read only while the call lasts.
    func append(_ row: [Double], to writer: FrameWriter, at time: Timestamp) throws {
        try unsafe row.withUnsafeBufferPointer { unsafe try writer.append(at: time, values: $0) }
    }
}
