import Metrics
import Storage

/// Appending, sealing, memory and the creation of series.
struct StorageCases {
    /// The samples that a series keeps raw before they are sealed.
    private static let frames = 240

    func run(into report: inout Report) throws {
        try creation(series: 100_000, into: &report)
        try appending(series: 10_000, into: &report)
        try memory(series: 10_000, into: &report)
    }

    /// A first scrape: every series is new.
    private func creation(series: Int, into report: inout Report) throws {
        let services = (0..<20).map {
            Service(count: series / 20, job: "job-\($0 % 5)", instance: "i-\($0):9100", seed: 7)
        }
        let before = Memory.live
        let store = SampleStore()
        let clock = ContinuousClock()
        let start = clock.now
        for (number, service) in services.enumerated() {
            let writer = try store.openTimeline(named: "target-\(number)")
            for entry in service.series {
                _ = try writer.slot(for: entry.labels)
            }
        }
        let elapsed = clock.now - start
        report.add("series/create", elapsed.nanoseconds / Double(series), .nanosecondsPerSeries)
        report.add("series/memory", (Memory.live - before) / Double(series), .bytesPerSeries)
        withExtendedLifetime((store, services)) {}
    }

    /// Frames whose values are ready: what the store itself costs. Sealing is part of every thirty-second.
    private func appending(series: Int, into report: inout Report) throws {
        let fleet = try Fleet(series: series, perTarget: series)
        let writer = fleet.targets[0].writer
        var rows: [[Double]] = []
        for _ in 0..<Self.frames {
            try fleet.scrape()
            rows.append(fleet.targets[0].row)
        }
        var time = fleet.now
        // 31 appends fit beside each other between two seals.
        func round(frames: Int, offset: Int) throws {
            for step in 0..<frames {
                time = time + Fleet.interval
                try fleet.append(rows[(offset + step) % rows.count], to: writer, at: time)
            }
        }
        let whole = try Stopwatch(rounds: 10) { try round(frames: 96, offset: $0 * 96) }
        let samples = Double(series * 96)
        report.add("append/10k with sealing", whole.nanoseconds / samples, .nanosecondsPerSample)
        report.add("append/10k with sealing", whole.allocations / 96, .allocations)
        let single = try shortestAppends(count: 64) { try round(frames: 1, offset: $0) }
        report.add("append/10k", single.nanoseconds / Double(series), .nanosecondsPerSample)
        report.add("append/10k", single.allocations, .allocations)
        report.add("seal/10k", (whole.nanoseconds / 96 - single.nanoseconds) / Double(series), .nanosecondsPerSample)
    }

    private func shortestAppends(count: Int, _ operation: (Int) throws -> Void) rethrows -> Stopwatch {
        try Stopwatch(rounds: count, operation)
    }

    private func memory(series: Int, into report: inout Report) throws {
        let fleet = try Fleet(series: series)
        for _ in 0..<Self.frames {
            try fleet.scrape()
        }
        let statistics = fleet.store.statistics
        report.add(
            "seal/bytes",
            Double(statistics.sealedBytes) / Double(max(1, statistics.sealedSamples)),
            .bytesPerSample
        )
        report.add("index/bytes", Double(statistics.indexBytes) / Double(max(1, statistics.series)), .bytesPerSeries)
    }
}
