/// Reads the scrapes of one target, each by what it has in common with the one before.
///
/// The n-th line of a scrape is nearly always the n-th line of the last one, apart from its value. So of each line a
/// fingerprint of the bytes before the value is kept, and where it is the same again only the value is read: no names,
/// no labels, no allocation. Lines that came, went or moved are read in full and found again by their fingerprints.
///
/// Every series has a slot, a small number that the caller chooses when the series is first seen. The memory keeps a
/// row with the value of each slot, which is what a store of frames takes.
public struct ScrapeMemory: Sendable {
    /// A sample that came with its own time; it does not belong to the frame of the scrape.
    public struct TimedSample: Sendable, Hashable {
        public var slot: Int
        public var timestamp: Timestamp
        public var value: Double
    }

    /// Whether samples may carry their own time; otherwise it is read, checked and left out of account.
    public let honorsTimestamps: Bool
    /// See `ExpositionParser.unifiesBounds`.
    public let unifiesBounds: Bool

    private var format = ExpositionFormat.text
    private var lines = ScrapedLines()
    /// What has been read of the body under way, and is not kept.
    private var walked = Walked()

    private struct Walked: Sendable {
        var lines = 0
        var bytes = 0
        /// Whether there was a line that is not as it was: from there on the body is kept until it is whole.
        var isOver = false
    }

    public init(honorsTimestamps: Bool = true, unifiesBounds: Bool = true) {
        self.honorsTimestamps = honorsTimestamps
        self.unifiesBounds = unifiesBounds
    }

    /// The values of the last scrape by slot. `MarkerNaN.absent` where it had no sample, `MarkerNaN.stale` where a
    /// series of the scrape before is gone. The caller may write slots of its own (such as `up`) through `set`.
    public var row: [Double] { lines.row }

    /// The row without a copy, for the duration of the call.
    public func withRow<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe lines.row.withUnsafeBufferPointer(body)
    }

    /// Writes a slot that no line of the scrapes has, such as `up`.
    public mutating func set(_ value: Double, at slot: Int) {
        lines.makeRoom(for: slot)
        lines.row[slot] = value
    }

    /// The samples of the last scrape that came with their own time. A line that repeats its value and its time is left
    /// out, since that sample is already known.
    public var timedSamples: [TimedSample] { lines.timed }

    /// The slots whose series were in the scrape before and are not in the last one.
    public var vanished: [Int] { lines.vanished }

    /// Begins a scrape: `take` the pieces of its body as they come, then `end` it, or `fail`.
    public mutating func begin(as format: ExpositionFormat) {
        if format != self.format {
            lines.forget()
            self.format = format
        }
        lines.beginScrape()
        walked = Walked()
    }

    /// Takes the next piece of the body. Lines that are as they were are read at once, so that `rest` keeps only what has to wait
    /// for more. False where that would be more than it may have.
    public mutating func take(_ piece: Span<UInt8>, rest: inout ScrapeBody) -> Bool {
        unsafe piece.withUnsafeBufferPointer { piece in
            let lineEnd = UInt8(ascii: "\n")
            var start = 0
            if !walked.isOver, rest.count > 0 {
                // The line of which the piece before had only the beginning.
                let end = unsafe piece.firstIndex(of: lineEnd).map { $0 + 1 } ?? piece.count
                guard unsafe Self.keep(piece[..<end], in: &rest) else { return false }
                start = end
                if unsafe piece[end - 1] == lineEnd, walk(rest) { rest.removeAll() }
            }
            if !walked.isOver, rest.count == 0, let last = unsafe piece[start...].lastIndex(of: lineEnd) {
                start += unsafe walk(UnsafeBufferPointer(rebasing: piece[start...last]))
            }
            return unsafe start == piece.count || Self.keep(piece[start...], in: &rest)
        }
    }

    private static func keep(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, in rest: inout ScrapeBody) -> Bool {
        unsafe rest.append(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes)))
    }

    /// Reads what was kept of the body, or all of a body of which nothing was taken. On success `rest` is empty, and has its memory
    /// still for the next scrape.
    ///
    /// `slot` is asked for the slot of each series that is new to the memory, or whose line has come back; nil drops
    /// the line. It may look at the parser's `labels` and `type`. Two lines with one slot are duplicates: the first
    /// counts.
    ///
    /// Where the body is refused, all series end as after `fail()`, and the memory is ready for the next scrape.
    public mutating func end(
        with rest: inout ScrapeBody,
        slot: (ExpositionParser) -> Int?
    ) throws(ExpositionError) -> ScrapeReport {
        rest.closeLastLine(of: format)
        do {
            try digest(rest, slot: slot)
        } catch {
            let lost = error.moved(lines: lines.lineEnds(before: walked.lines), bytes: walked.bytes)
            endAll()
            throw lost
        }
        rest.removeAll()
        return lines.report
    }

    /// Gives up the scrape under way: none of its values has been told, and the next one begins anew.
    public mutating func abandon() {
        lines.forgetTimes()
        walked = Walked()
    }

    private mutating func walk(_ body: borrowing ScrapeBody) -> Bool {
        // The body stays as it is until the walk is done.
        unsafe body.bytes.withUnsafeBufferPointer { bytes in unsafe walk(bytes) == bytes.count }
    }

    /// How many of these bytes, which end with a line, are lines as they were.
    private mutating func walk(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var parser = unsafe ExpositionParser(bytes, format: format, unifiesBounds: unifiesBounds)
        let pass = unsafe ScrapePass(bytes, honorsTimestamps: honorsTimestamps)
        var position = ScrapePass.Position(line: walked.lines, place: 0)
        pass.walk(&lines, &position, &parser)
        walked.lines = position.line
        walked.bytes += position.place
        walked.isOver = position.place < bytes.count
        return position.place
    }

    /// Ends all series: their slots hold the staleness marker now and nothing after the next scrape. For a scrape that
    /// failed before there was a body to read.
    public mutating func fail() {
        lines.beginScrape()
        endAll()
    }

    private mutating func endAll() {
        lines.endAll()
        lines.forget()
    }

    private mutating func digest(
        _ body: borrowing ScrapeBody,
        slot: (ExpositionParser) -> Int?
    ) throws(ExpositionError) {
        // The body stays as it is until the digest is done, which is as long as the pass looks at it.
        try unsafe body.bytes.withUnsafeBufferPointer { new throws(ExpositionError) in
            var parser = unsafe ExpositionParser(new, format: format, unifiesBounds: unifiesBounds)
            let pass = unsafe ScrapePass(new, honorsTimestamps: honorsTimestamps)
            if let divergence = pass.skim(&lines, from: walked.lines, &parser) {
                try pass.mend(&lines, from: divergence, &parser, slot: slot)
            }
        }
    }

    /// Help, type and unit of the metrics in the last scrape, worked out from its lines when asked for.
    public func metadata() -> [FamilyMetadata] {
        var body = lines.descriptions
        if format == .openMetrics { body += "# EOF\n".utf8 }
        // The lines were read before, so reading them again cannot fail.
        return (try? Exposition.metadata(body.span, format: format)) ?? []
    }
}

/// What a scrape brought, in numbers.
public struct ScrapeReport: Sendable, Hashable {
    /// Samples in the body, also those that were dropped.
    public var samples = 0
    /// Samples that have a slot of their own.
    public var kept = 0
    /// Samples whose slot an earlier line of the scrape had taken.
    public var duplicates = 0
    /// Series that the scrape before did not have.
    public var added = 0
    /// Series that the scrape before had.
    public var vanished = 0
    /// Lines that had to be read in full.
    public var coldLines = 0
    /// Samples whose value is another one than before, those of new series included.
    public var changedLines = 0

    public init(
        samples: Int = 0,
        kept: Int = 0,
        duplicates: Int = 0,
        added: Int = 0,
        vanished: Int = 0,
        coldLines: Int = 0,
        changedLines: Int = 0
    ) {
        self.samples = samples
        self.kept = kept
        self.duplicates = duplicates
        self.added = added
        self.vanished = vanished
        self.coldLines = coldLines
        self.changedLines = changedLines
    }
}
