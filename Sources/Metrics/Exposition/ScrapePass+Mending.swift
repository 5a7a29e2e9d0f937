/// The slow walk, from where lines have come, gone or moved.
extension ScrapePass {
    /// Reads the rest of the new body line by line: as the next old line where it is that, as another old line where
    /// one has the same bytes before its value, and in full where it is new.
    func mend(
        _ state: inout ScrapedLines,
        from divergence: Divergence,
        _ parser: inout ExpositionParser,
        slot: (ExpositionParser) -> Int?
    ) throws(ExpositionError) {
        state.beginGeneration(keeping: divergence.line)
        parser.place = divergence.newPlace
        parser.type = divergence.line > 0 ? state.lines[divergence.line - 1].type : .unknown
        var expected = divergence
        var index: LineIndex?
        while true {
            let start = parser.place
            if expected.line < state.lines.count {
                let line = state.lines[expected.line]
                if isRepeated(line, oldStart: expected.oldPlace, at: start, parser),
                    take(line, at: start, &parser, &state)
                {
                    expected.line += 1
                    expected.oldPlace += Int(line.length)
                    continue
                }
            }
            parser.place = start
            guard let entry = try parser.next() else { break }
            guard case .sample(let sample) = entry else {
                keep(entry, from: start, parser, &state)
                continue
            }
            state.report.coldLines += 1
            let series = start..<sample.valueStart
            if index == nil { index = LineIndex(state.lines, of: self) }
            if let found = index?.line(of: series, in: self, type: parser.type, among: state.lines) {
                keep(sample, from: start, slot: Int(state.lines[found.line].slot), parser, &state)
                expected.line = found.line + 1
                expected.oldPlace = found.start + Int(state.lines[found.line].length)
            } else {
                keep(sample, from: start, slot: slot(parser) ?? -1, parser, &state)
            }
        }
        state.endGeneration()
    }

    /// Whether the new line at `start` has the bytes of the old one, up to the value.
    private func isRepeated(
        _ line: ScrapedLine,
        oldStart: Int,
        at start: Int,
        _ parser: ExpositionParser
    ) -> Bool {
        let count = Int(line.valueOffset)
        let isSample = line.flags.contains(.isSample)
        // A sample without a value that may be looked at on its own is read in full.
        if isSample && (line.type != parser.type || line.valueOffset == line.length) { return false }
        guard count <= newCount - start, count <= oldCount - oldStart else { return false }
        return unsafe EqualBytes.count(old + oldStart, new + start, count) == count
    }

    /// Takes a repeated line, and false where its value cannot be read.
    private func take(
        _ line: ScrapedLine,
        at start: Int,
        _ parser: inout ExpositionParser,
        _ state: inout ScrapedLines
    ) -> Bool {
        parser.place = start + Int(line.valueOffset)
        guard line.flags.contains(.isSample) else {
            if line.flags.contains(.isType) { parser.type = line.type }
            var line = line
            line.type = parser.type
            state.next.append(line)
            return true
        }
        var sample = ExposedSample(
            series: start..<parser.place,
            valueStart: parser.place,
            value: 0,
            timestamp: nil,
            hasExemplar: false
        )
        do {
            try parser.finish(&sample)
        } catch {
            return false
        }
        state.report.changedLines += 1
        keep(sample, from: start, slot: Int(line.slot), parser, &state)
        return true
    }

    /// Remembers a sample that begins at `start` and ends where the parser stands.
    private func keep(
        _ sample: ExposedSample,
        from start: Int,
        slot: Int,
        _ parser: ExpositionParser,
        _ state: inout ScrapedLines
    ) {
        var flags: ScrapedLine.Flags = .isSample
        if slot >= 0 && !state.claim(slot) { flags.insert(.isDuplicate) }
        flags = store(sample, slot: slot, flags: flags, &state)
        let length = parser.place - start
        state.next.append(
            ScrapedLine(
                length: UInt32(truncatingIfNeeded: length),
                valueOffset: UInt32(truncatingIfNeeded: isSeparate(sample) ? sample.valueStart - start : length),
                slot: Int32(truncatingIfNeeded: slot),
                type: parser.type,
                flags: flags
            )
        )
    }

    /// Whether the bytes before the value are the whole series, whatever value follows: `up-1` is one word away from
    /// `up5-1`, another series.
    private func isSeparate(_ sample: ExposedSample) -> Bool {
        guard sample.valueStart > 0 else { return false }
        switch unsafe new[sample.valueStart - 1] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "}"): return true
        default: return false
        }
    }

    private func keep(
        _ entry: ExpositionEntry,
        from start: Int,
        _ parser: ExpositionParser,
        _ state: inout ScrapedLines
    ) {
        let length = UInt32(truncatingIfNeeded: Swift.min(parser.place, newCount) - start)
        var flags: ScrapedLine.Flags = []
        if case .type = entry { flags.insert(.isType) }
        state.next.append(
            ScrapedLine(length: length, valueOffset: length, slot: -1, type: parser.type, flags: flags)
        )
    }
}
