import Metrics

/// Reading the body of a scrape: for the first time, again with new values, and again unchanged.
struct ParseCases {
    private static let series = 20_000
    private static let bodies = 20

    func run(into report: inout Report) throws {
        var service = Service(count: Self.series, job: "job", instance: "10.0.0.1:9100")
        var bodies: [[UInt8]] = []
        for _ in 0..<Self.bodies {
            bodies.append(service.exposition())
            service.advance()
        }
        try cold(bodies[0], into: &report)
        try repeating("changing", bodies, into: &report)
        try repeating("unchanged", [bodies[0]], into: &report)
    }

    private func cold(_ body: [UInt8], into report: inout Report) throws {
        let watch = try Stopwatch(rounds: 10) { _ in
            // The parser reads the bytes only while the call lasts.
            try unsafe body.withUnsafeBufferPointer { bytes in
                var parser = unsafe ExpositionParser(bytes, format: .text)
                while try parser.next() != nil {}
            }
        }
        note("parse/first", bytes: body.count, watch, into: &report)
        let remembered = try Stopwatch(rounds: 10) { _ in
            var reader = Reader()
            try reader.read(body)
        }
        note("parse/first, remembered", bytes: body.count, remembered, into: &report)
    }

    private func repeating(_ name: String, _ bodies: [[UInt8]], into report: inout Report) throws {
        var reader = Reader()
        for body in bodies {
            try reader.read(body)
        }
        let watch = try Stopwatch(rounds: 40) { try reader.read(bodies[$0 % bodies.count]) }
        note("parse/repeating, \(name)", bytes: bodies[0].count, watch, into: &report)
    }

    private func note(_ name: String, bytes: Int, _ watch: Stopwatch, into report: inout Report) {
        report.add(name, Double(bytes) / watch.nanoseconds, .gigabytesPerSecond)
        report.add(name, watch.nanoseconds / Double(Self.series), .nanosecondsPerSample)
        report.add(name, watch.allocations, .allocations)
    }
}

/// A target that gives out slots in the order of first sight.
private struct Reader {
    private var memory = ScrapeMemory()
    private var body = ScrapeBody()
    private var slots = 0

    mutating func read(_ bytes: [UInt8]) throws {
        body.removeAll()
        _ = body.append(bytes.span)
        var slots = slots
        defer { self.slots = slots }
        _ = try memory.read(&body, as: .text) { _ in
            slots += 1
            return slots - 1
        }
    }
}
