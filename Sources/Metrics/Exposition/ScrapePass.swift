/// One walk over a new body beside the old one.
///
/// Unsafe inside because it compares raw bytes, several at a time: every read is guarded by the counts of the two
/// bodies, which `ScrapeMemory` keeps alive and unchanged for the time of the walk.
@safe struct ScrapePass {
    let old: UnsafePointer<UInt8>
    let oldCount: Int
    let new: UnsafePointer<UInt8>
    let newCount: Int
    let honorsTimestamps: Bool

    init(old: UnsafeBufferPointer<UInt8>, new: UnsafeBufferPointer<UInt8>, honorsTimestamps: Bool) {
        // An empty buffer may lack an address; nothing is read of it, so any address does.
        let nowhere = unsafe UnsafePointer<UInt8>(bitPattern: 1).unsafelyUnwrapped
        unsafe self.old = old.baseAddress ?? nowhere
        unsafe self.new = new.baseAddress ?? nowhere
        oldCount = old.count
        newCount = new.count
        self.honorsTimestamps = honorsTimestamps
    }

    /// Where the shape of the new body begins to differ from that of the old one.
    struct Divergence {
        var line: Int
        var oldPlace: Int
        var newPlace: Int
    }

    /// Goes through a body of the same shape, line by line only where a value has changed. Returns where the shape
    /// differs.
    func skim(_ state: inout ScrapedLines, _ parser: inout ExpositionParser) -> Divergence? {
        var line = 0
        var oldPlace = 0
        var newPlace = 0
        let count = state.lines.count
        while line < count {
            let common = Swift.min(oldCount - oldPlace, newCount - newPlace)
            var equal = unsafe EqualBytes.count(old + oldPlace, new + newPlace, common)
            // Whole lines within the equal stretch are as they were, and so are their values in the row.
            var length = Int(state.lines[line].length)
            while length <= equal {
                equal -= length
                oldPlace += length
                newPlace += length
                line += 1
                if line == count { break }
                length = Int(state.lines[line].length)
            }
            if line == count { break }
            let valueOffset = Int(state.lines[line].valueOffset)
            guard equal >= valueOffset else {
                return Divergence(line: line, oldPlace: oldPlace, newPlace: newPlace)
            }
            guard let end = changeValue(of: line, at: newPlace, &state, &parser) else {
                return Divergence(line: line, oldPlace: oldPlace, newPlace: newPlace)
            }
            state.lines[line].length = UInt32(truncatingIfNeeded: end - newPlace)
            oldPlace += length
            newPlace = end
            line += 1
        }
        let rest = oldCount - oldPlace
        let equal = newCount - newPlace == rest ? unsafe EqualBytes.count(old + oldPlace, new + newPlace, rest) : -1
        // A memory that has nothing yet has checked nothing: an empty body is no OpenMetrics.
        let isKnown = equal == rest && oldCount > 0
        return isKnown ? nil : Divergence(line: line, oldPlace: oldPlace, newPlace: newPlace)
    }

    /// Reads the value of a line whose series is as it was, and returns where the line ends; nil where that fails,
    /// and the line must be read as a whole.
    @inline(__always)
    private func changeValue(
        of line: Int,
        at start: Int,
        _ state: inout ScrapedLines,
        _ parser: inout ExpositionParser
    ) -> Int? {
        let remembered = state.lines[line]
        let valuePlace = start + Int(remembered.valueOffset)
        state.report.changedLines += 1
        if !remembered.flags.contains(.isTimed),
            let (value, next) = unsafe NumberScanner.scan(new, from: valuePlace, to: newCount),
            unsafe next < newCount && new[next] == UInt8(ascii: "\n")
        {
            if remembered.slot >= 0 && !remembered.flags.contains(.isDuplicate) {
                state.row[Int(remembered.slot)] = value
            }
            return next + 1
        }
        parser.place = valuePlace
        var sample = ExposedSample(
            series: start..<valuePlace,
            valueStart: valuePlace,
            value: 0,
            timestamp: nil,
            hasExemplar: false
        )
        do {
            try parser.finish(&sample)
        } catch {
            return nil
        }
        state.lines[line].flags = store(sample, slot: Int(remembered.slot), flags: remembered.flags, &state)
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
            state.row[slot] = timestamp == nil ? sample.value : MarkerNaN.absent
            if let timestamp {
                state.timed.append(
                    ScrapeMemory.TimedSample(slot: slot, timestamp: timestamp, value: sample.value)
                )
            }
        }
        return sample.timestamp == nil ? flags.subtracting(.isTimed) : flags.union(.isTimed)
    }
}
