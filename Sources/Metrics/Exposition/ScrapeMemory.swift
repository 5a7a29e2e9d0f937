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

    /// Reads a scrape. On success `body` is empty, and has its memory still for the next scrape.
    ///
    /// `slot` is asked for the slot of each series that is new to the memory, or whose line has come back; nil drops
    /// the line. It may look at the parser's `labels` and `type`. Two lines with one slot are duplicates: the first
    /// counts.
    ///
    /// Where the body is refused, all series end as after `fail()`, and the memory is ready for the next scrape.
    public mutating func read(
        _ body: inout ScrapeBody,
        as format: ExpositionFormat,
        slot: (ExpositionParser) -> Int?
    ) throws(ExpositionError) -> ScrapeReport {
        body.closeLastLine(of: format)
        if format != self.format {
            lines.forget()
            self.format = format
        }
        lines.beginScrape()
        do {
            try digest(body, slot: slot)
        } catch {
            end()
            throw error
        }
        body.removeAll()
        return lines.report
    }

    /// Ends all series: their slots hold the staleness marker now and nothing after the next scrape. For a scrape that
    /// failed before there was a body to read.
    public mutating func fail() {
        lines.beginScrape()
        end()
    }

    private mutating func end() {
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
            if let divergence = pass.skim(&lines, &parser) {
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
