import Metrics

extension FuzzTarget {
    static let exposition = FuzzTarget("exposition", "any body is read or refused at a place that lies inside it") {
        input in
        var bytes = Bytes(input)
        let format: ExpositionFormat = bytes.flag() ? .openMetrics : .text
        let body = Array(bytes.rest)
        do throws(ExpositionError) {
            try Exposition.withParser(body.span, format: format) { parser throws(ExpositionError) in
                while let entry = try parser.next() { check(entry, parser, bodyCount: body.count) }
            }
            hold((try? Exposition.families(body.span, format: format)) != nil, "read by entries, refused by families")
        } catch {
            hold(0 <= error.offset && error.offset <= body.count, "\(error) lies at \(error.offset) of \(body.count)")
            hold(error.line >= 1 && error.column >= 1, "\(error)")
            hold(!error.description.isEmpty, "no words")
        }
    }

    private static func check(_ entry: ExpositionEntry, _ parser: ExpositionParser, bodyCount: Int) {
        let ranges: [Range<Int>]
        switch entry {
        case .sample(let sample):
            ranges = [sample.series, sample.valueStart..<sample.valueStart]
            // Labels have no empty values and no name twice, and are the same when they are built from their own list.
            let labels = parser.labels
            hold(Labels(labels.array) == labels, "\(labels) is not sorted")
            if sample.hasExemplar { _ = parser.exemplar }
        case .help(let name, let text):
            _ = parser.helpText(text)
            ranges = [name, text]
        case .unit(let name, let text): ranges = [name, text]
        case .type(let name, _): ranges = [name]
        default: ranges = []
        }
        for range in ranges { hold(0 <= range.lowerBound && range.upperBound <= bodyCount, "\(range) of \(bodyCount)") }
    }

    /// The input is a sequence of bodies, as a target might answer one scrape after the other.
    static let scrapes = FuzzTarget(
        "scrapes",
        "a scrape that is compared with the one before brings what it would bring read alone",
        inputMax: 2048
    ) { input in
        var bytes = Bytes(input)
        let format: ExpositionFormat = bytes.flag() ? .openMetrics : .text
        var warm = Scraper(format: format, honorsTimestamps: bytes.flag())
        // Some bodies are repeated with one byte changed: what a scrape mostly is, and what chance rarely makes.
        var former: [UInt8] = []
        for _ in 0..<8 where !bytes.isEmpty {
            var body = Array(bytes.piece())
            if body.first == UInt8(ascii: "!"), !former.isEmpty {
                let place = body.dropFirst().first.map { Int($0) % former.count } ?? 0
                former[place] = body.dropFirst(2).first ?? UInt8(ascii: "7")
                body = former
            }
            former = body
            var cold = Scraper(format: format, honorsTimestamps: warm.honorsTimestamps)
            let (expected, result) = (cold.read(body), warm.read(body, inPiecesOf: Int(bytes.byte() % 32)))
            hold(
                expected == result,
                "alone: \(expected)\nafter others: \(result)\n\(String(decoding: body, as: UTF8.self))"
            )
        }
    }
}

/// What a scrape brought, told by labels so that slots do not matter.
private enum Brought: Equatable {

    case samples(count: Int, duplicates: Int, values: [Labels: UInt64])
    case refusal(ExpositionError)
}

private struct Scraper {
    let format: ExpositionFormat
    let honorsTimestamps: Bool
    var memory: ScrapeMemory
    var slots: [Labels: Int] = [:]

    init(format: ExpositionFormat, honorsTimestamps: Bool) {
        self.format = format
        self.honorsTimestamps = honorsTimestamps
        memory = ScrapeMemory(honorsTimestamps: honorsTimestamps)
    }

    /// - Parameter size: how many bytes arrive at a time; zero for all of them.
    mutating func read(_ bytes: [UInt8], inPiecesOf size: Int = 0) -> Brought {
        var rest = ScrapeBody()
        memory.begin(as: format)
        var coming = bytes[...]
        while size > 0, !coming.isEmpty {
            _ = memory.take(Array(coming.prefix(size)).span, rest: &rest)
            coming = coming.dropFirst(size)
        }
        _ = rest.append(Array(coming).span)
        var known = slots
        defer { slots = known }
        do throws(ExpositionError) {
            let report = try memory.end(with: &rest) { parser in
                let labels = parser.labels
                if let slot = known[labels] { return slot }
                known[labels] = known.count
                return known.count - 1
            }
            var values: [Labels: UInt64] = [:]
            let row = memory.row
            for (labels, slot) in known where slot < row.count && !row[slot].isAbsent {
                // A series of an earlier scrape that is gone now is marked; read alone, it was never there.
                if memory.vanished.contains(slot) { continue }
                values[labels] = row[slot].bitPattern
            }
            return .samples(count: report.samples, duplicates: report.duplicates, values: values)
        } catch {
            return .refusal(error)
        }
    }
}
