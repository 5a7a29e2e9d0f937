/// One walk over a new body beside the remembered lines of the one before.
///
/// Unsafe inside because it reads raw bytes, several at a time: every read is guarded by the count of the body, which
/// `ScrapeMemory` keeps alive and unchanged for the time of the walk.
@safe struct ScrapePass {
    let new: UnsafePointer<UInt8>
    let newCount: Int
    let honorsTimestamps: Bool
    private let fingerprints = Fingerprint()

    init(_ new: UnsafeBufferPointer<UInt8>, honorsTimestamps: Bool) {
        // An empty buffer may lack an address; nothing is read of it, so any address does.
        let nowhere = unsafe UnsafePointer<UInt8>(bitPattern: 1).unsafelyUnwrapped
        unsafe self.new = new.baseAddress ?? nowhere
        newCount = new.count
        self.honorsTimestamps = honorsTimestamps
    }

    /// Where the new body is, and at which of the remembered lines.
    struct Position {
        var line = 0
        var place = 0
    }

    @inline(__always)
    func fingerprint(_ bytes: Range<Int>) -> UInt64 {
        unsafe fingerprints(new + bytes.lowerBound, bytes.count)
    }

    /// Whether the new body has at `place` what the line had before its value.
    @inline(__always)
    func isRepeated(_ line: ScrapedLine, at place: Int) -> Bool {
        let length = line.length
        return length <= newCount - place && length < ScrapedLine.lengthLimit
            && fingerprint(place..<place + length) == line.fingerprint
    }

    /// Goes through a body of the same shape and reads only its values. Returns where the shape differs.
    func skim(_ state: inout ScrapedLines, from line: Int, _ parser: inout ExpositionParser) -> Position? {
        var position = Position(line: line, place: 0)
        walk(&state, &position, &parser)
        guard position.line == state.lines.count else { return position }
        return isKnownRest(from: position.place, state) ? nil : position
    }

    /// Goes on as long as the lines are as they were but for their values.
    func walk(_ state: inout ScrapedLines, _ position: inout Position, _ parser: inout ExpositionParser) {
        while true {
            skimOrdinary(&state, &position)
            guard position.line < state.lines.count else { return }
            let line = state.lines[position.line]
            guard isRepeated(line, at: position.place),
                let end = readValue(of: position.line, at: position.place, &state, &parser)
            else { return }
            position.line += 1
            position.place = end
        }
    }

    /// What stands behind the last line was there the last time too. A memory that has nothing yet has checked nothing:
    /// an empty body is no OpenMetrics.
    private func isKnownRest(from place: Int, _ state: ScrapedLines) -> Bool {
        guard let rest = state.rest, rest.length == newCount - place else { return false }
        return fingerprint(place..<newCount) == rest.fingerprint
    }

    /// Goes on as long as lines are as they were but for a plain number, which is what nearly all lines are.
    private func skimOrdinary(_ state: inout ScrapedLines, _ position: inout Position) {
        var (line, place, changed) = (position.line, position.place, 0)
        unsafe state.lines.withUnsafeBufferPointer { lines in
            unsafe state.row.withUnsafeMutableBufferPointer { row in
                while line < lines.count {
                    let known = unsafe lines[line]
                    if known.flags.contains(.isTimed) { break }
                    guard isRepeated(known, at: place) else { break }
                    let end = place + known.length
                    guard known.hasSeparateValue else {
                        place = end
                        line += 1
                        continue
                    }
                    guard let (value, next) = unsafe NumberScanner.scan(new, from: end, to: newCount),
                        unsafe next < newCount && new[next] == UInt8(ascii: "\n")
                    else { break }
                    let slot = Int(known.slot)
                    // Each slot of a line has a place in the row.
                    if slot >= 0 && !known.flags.contains(.isDuplicate),
                        unsafe row[slot].bitPattern != value.bitPattern
                    {
                        unsafe row[slot] = value
                        changed += 1
                    }
                    place = next + 1
                    line += 1
                }
            }
        }
        state.report.changedLines += changed
        position = Position(line: line, place: place)
    }

    /// Reads the value of a line whose series is as it was, and returns where the line ends; nil where that fails,
    /// and the line must be read as a whole.
    private func readValue(
        of line: Int,
        at start: Int,
        _ state: inout ScrapedLines,
        _ parser: inout ExpositionParser
    ) -> Int? {
        let known = state.lines[line]
        let end = start + known.length
        guard known.hasSeparateValue else { return end }
        parser.place = end
        var sample = ExposedSample(series: start..<end, valueStart: end, value: 0, timestamp: nil, hasExemplar: false)
        do {
            try parser.finish(&sample)
        } catch {
            return nil
        }
        state.lines[line].flags = store(sample, slot: Int(known.slot), flags: known.flags, &state)
        return parser.place
    }

    /// Puts a sample where it belongs and returns the flags its line now has.
    func store(
        _ sample: ExposedSample,
        slot: Int,
        flags: ScrapedLine.Flags,
        _ state: inout ScrapedLines
    ) -> ScrapedLine.Flags {
        let timestamp = honorsTimestamps ? sample.timestamp : nil
        if slot >= 0 && !flags.contains(.isDuplicate) {
            let value = timestamp == nil ? sample.value : MarkerNaN.absent
            if state.row[slot].bitPattern != value.bitPattern {
                state.row[slot] = value
                state.report.changedLines += 1
            }
            if let timestamp {
                state.take(ScrapeMemory.TimedSample(slot: slot, timestamp: timestamp, value: sample.value))
            } else if flags.contains(.isTimed) {
                state.forgetTime(of: slot)
            }
        }
        return sample.timestamp == nil ? flags.subtracting(.isTimed) : flags.union(.isTimed)
    }
}
