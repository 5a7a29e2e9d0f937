/// The lines of the last scrape and the row of their values.
struct ScrapedLines {
    var lines: [ScrapedLine] = []
    /// Where `mend` builds the next lines.
    var next: [ScrapedLine] = []
    var row: [Double] = []
    var timed: [ScrapeMemory.TimedSample] = []
    var vanished: [Int] = []
    var report = ScrapeReport()
    /// What stood behind the last line, such as the end marker; nil before there was a body.
    var rest: (fingerprint: UInt64, length: Int)?
    /// The bytes of the lines that describe metrics, one after the other.
    private(set) var descriptions: [UInt8] = []
    private var nextDescriptions: [UInt8] = []

    /// The lines that take up more or fewer line ends than one, and how many; in order.
    private var unevenLines: [(line: Int, lineEnds: Int)] = []

    /// By slot, what a line with a time of its own brought last.
    private var lastTimed: [Int: ScrapeMemory.TimedSample] = [:]
    /// By slot, the generation in which a line with that slot was last seen. Lines come and go only in `mend`, which
    /// begins a new generation; so the slots of the last scrape are those with the present one, and all others have
    /// 0.
    private var seen: [UInt8] = []
    private var generation: UInt8 = 1
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
            // After some changes of shape the count starts again.
            for slot in seen.indices where seen[slot] != 0 {
                seen[slot] = 1
            }
            generation = 2
        }
        next.removeAll(keepingCapacity: true)
        next.append(contentsOf: lines[..<count])
        var described = 0
        for line in next {
            if line.slot >= 0 { seen[Int(line.slot)] = generation }
            if line.flags.contains(.isDescription) { described += line.length }
        }
        nextDescriptions = Array(descriptions[..<described])
        unevenLines.removeAll { $0.line >= count }
    }

    /// Appends a line to those that `mend` builds.
    mutating func add(_ line: ScrapedLine, lineEnds: Int) {
        if lineEnds != 1 { unevenLines.append((next.count, lineEnds)) }
        next.append(line)
    }

    /// How many line ends the first lines take up.
    func lineEnds(before count: Int) -> Int {
        unevenLines.prefix { $0.line < count }.reduce(count) { $0 + $1.lineEnds - 1 }
    }

    /// Keeps the text of a line that describes a metric.
    mutating func describe(_ line: UnsafeBufferPointer<UInt8>) {
        unsafe nextDescriptions.append(contentsOf: line)
    }

    /// Takes a sample with a time of its own, and leaves it out where the slot had the same one before.
    mutating func take(_ sample: ScrapeMemory.TimedSample) {
        let known = lastTimed[sample.slot]
        if let known, known.timestamp == sample.timestamp, known.value.bitPattern == sample.value.bitPattern { return }
        lastTimed[sample.slot] = sample
        timed.append(sample)
    }

    /// The slot's samples have no times of their own any more.
    mutating func forgetTime(of slot: Int) {
        lastTimed[slot] = nil
    }

    /// What was seen last of samples with times of their own was not stored.
    mutating func forgetTimes() {
        lastTimed = [:]
        timed.removeAll()
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
        descriptions = Self.fitted(nextDescriptions)
        nextDescriptions = []
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
        if !lastTimed.isEmpty { lastTimed[slot] = nil }
        // A series with times of its own gets no marker, since nobody knows when it ended.
        if !row[slot].isAbsent { row[slot] = MarkerNaN.stale }
    }

    /// Forgets the lines, not which slots there are.
    mutating func forget() {
        lines.removeAll(keepingCapacity: true)
        next.removeAll(keepingCapacity: true)
        rest = nil
        unevenLines = []
        descriptions = []
        lastTimed = [:]
        report = ScrapeReport()
    }
}
