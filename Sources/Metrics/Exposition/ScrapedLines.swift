/// One remembered line: where its parts lie, counted from its start, and whose value it carries. A line is everything
/// that the parser takes for one entry, so the lines of a body follow each other without a gap.
struct ScrapedLine {
    struct Flags: OptionSet {
        var rawValue: UInt8
        static let isSample = Flags(rawValue: 1)
        /// An earlier line of the scrape has the same slot.
        static let isDuplicate = Flags(rawValue: 2)
        /// The sample carries its own time.
        static let isTimed = Flags(rawValue: 4)
        static let isType = Flags(rawValue: 8)
    }

    var length: UInt32
    /// Where the value begins; the length for a line of which no part may change.
    var valueOffset: UInt32
    /// -1 for a line without one.
    var slot: Int32
    /// The type in effect behind this line, on which the labels of the series depend.
    var type: MetricType
    var flags: Flags
}

/// The lines of the last scrape and the row of their values.
struct ScrapedLines {
    var lines: [ScrapedLine] = []
    /// Where `mend` builds the next lines.
    var next: [ScrapedLine] = []
    var row: [Double] = []
    var timed: [ScrapeMemory.TimedSample] = []
    var vanished: [Int] = []
    var report = ScrapeReport()

    /// By slot, the generation in which a line with that slot was last seen. Lines come and go only in `mend`, which
    /// begins a new generation; so the slots of the last scrape are those with the present one, and all others have
    /// 0.
    private var seen: [UInt32] = []
    private var generation: UInt32 = 1
    /// The slots that this scrape has and the one before had not.
    private var added: [Int] = []

    mutating func beginScrape() {
        for slot in vanished {
            row[slot] = MarkerNaN.absent
        }
        vanished.removeAll(keepingCapacity: true)
        timed.removeAll(keepingCapacity: true)
        added.removeAll()
        report.added = 0
        report.vanished = 0
        report.coldLines = 0
        report.changedLines = 0
    }

    mutating func makeRoom(for slot: Int) {
        // Slots are the caller's own numbers, not input.
        precondition(slot >= 0 && slot < Int(Int32.max))
        if slot >= row.count {
            row.append(contentsOf: repeatElement(MarkerNaN.absent, count: slot + 1 - row.count))
        }
    }

    /// Begins a generation that has the slots of the first `count` lines.
    mutating func beginGeneration(keeping count: Int) {
        generation &+= 1
        if generation == 0 {
            // After four thousand million changes of shape the count starts again.
            for slot in seen.indices where seen[slot] != 0 {
                seen[slot] = 1
            }
            generation = 2
        }
        next.removeAll(keepingCapacity: true)
        next.append(contentsOf: lines[..<count])
        for line in next where line.slot >= 0 {
            seen[Int(line.slot)] = generation
        }
    }

    /// Takes the line for its slot; false where an earlier line of this scrape has it.
    mutating func claim(_ slot: Int) -> Bool {
        makeRoom(for: slot)
        if slot >= seen.count {
            seen.append(contentsOf: repeatElement(0, count: slot + 1 - seen.count))
        }
        if seen[slot] == generation { return false }
        if seen[slot] == 0 { added.append(slot) }
        seen[slot] = generation
        return true
    }

    /// Takes over the lines that `mend` has built and ends the series that they lack.
    mutating func endGeneration() {
        // Shapes change seldom: what only a change needs is given back.
        lines = Self.fitted(next)
        next = []
        for slot in seen.indices where seen[slot] == generation &- 1 {
            end(slot)
        }
        report.added = added.count
        report.vanished = vanished.count
        report.samples = 0
        report.kept = 0
        report.duplicates = 0
        for line in lines where line.flags.contains(.isSample) {
            report.samples += 1
            if line.flags.contains(.isDuplicate) {
                report.duplicates += 1
            } else if line.slot >= 0 {
                report.kept += 1
            }
        }
    }

    private static func fitted<Element>(_ elements: [Element]) -> [Element] {
        guard elements.capacity > elements.count + elements.count / 8 else { return elements }
        var fitted: [Element] = []
        fitted.reserveCapacity(elements.count)
        fitted += elements
        return fitted
    }

    /// Ends every series of the scrape before. Those that a scrape had begun to add have never been.
    mutating func endAll() {
        for slot in added {
            seen[slot] = 0
            row[slot] = MarkerNaN.absent
        }
        for slot in seen.indices where seen[slot] != 0 {
            end(slot)
        }
        added.removeAll()
    }

    private mutating func end(_ slot: Int) {
        seen[slot] = 0
        vanished.append(slot)
        // A series with times of its own gets no marker, since nobody knows when it ended.
        if !row[slot].isAbsent { row[slot] = MarkerNaN.stale }
    }

    /// Forgets the lines, not which slots there are.
    mutating func forget() {
        lines.removeAll(keepingCapacity: true)
        next.removeAll(keepingCapacity: true)
        report = ScrapeReport()
    }
}
