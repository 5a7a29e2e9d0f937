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
        let arriving = try Stopwatch(rounds: 40) { try reader.read(arriving: bodies[$0 % bodies.count]) }
        note("parse/repeating, \(name), in pieces", bytes: bodies[0].count, arriving, into: &report)
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
    private static let pieceBytes = 64 << 10

    mutating func read(_ bytes: [UInt8]) throws {
        body.removeAll()
        memory.begin(as: .text)
        _ = body.append(bytes.span)
        try end()
    }

    /// The same as it comes from the network: each piece is looked at before the next is there.
    mutating func read(arriving bytes: [UInt8]) throws {
        body.removeAll()
        memory.begin(as: .text)
        for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
            _ = memory.take(bytes.span.extracting(start..<min(bytes.count, start + Self.pieceBytes)), rest: &body)
        }
        try end()
    }

    private mutating func end() throws {
        var slots = slots
        defer { self.slots = slots }
        _ = try memory.end(with: &body) { _ in
            slots += 1
            return slots - 1
        }
    }
}
