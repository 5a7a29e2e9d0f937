/// The slow walk, from where lines have come, gone or moved.
extension ScrapePass {
    /// Reads the rest of the new body line by line: as the next old line where it is that, as another old line where
    /// one has the same bytes before its value, and in full where it is new.
    func mend(
        _ state: inout ScrapedLines,
        from divergence: Position,
        _ parser: inout ExpositionParser,
        slot: (ExpositionParser) -> Int?
    ) throws(ExpositionError) {
        state.beginGeneration(keeping: divergence.line)
        parser.place = divergence.place
        parser.type = divergence.line > 0 ? state.lines[divergence.line - 1].type : .unknown
        var expected = divergence.line
        var index: LineIndex?
        var end = divergence.place
        while true {
            let start = parser.place
            if expected < state.lines.count, take(state.lines[expected], at: start, &parser, &state) {
                expected += 1
                end = parser.place
                continue
            }
            parser.place = start
            guard let entry = try parser.next() else { break }
            end = Swift.min(parser.place, newCount)
            guard case .sample(let sample) = entry else {
                keep(entry, from: start, parser, &state)
                continue
            }
            state.report.coldLines += 1
            if index == nil { index = LineIndex(state.lines) }
            let series = start..<sample.valueStart
            let known = index?.line(
                fingerprint(series),
                length: series.count,
                type: parser.type,
                among: state.lines
            )
            if let known {
                keep(sample, from: start, slot: Int(state.lines[known].slot), parser, &state)
                expected = known + 1
            } else {
                keep(sample, from: start, slot: slot(parser) ?? -1, parser, &state)
            }
        }
        state.endGeneration()
        state.rest = (fingerprint(end..<newCount), newCount - end)
    }

    /// Takes a line that is an old one again; false where it is not, or its value cannot be read.
    private func take(
        _ line: ScrapedLine,
        at start: Int,
        _ parser: inout ExpositionParser,
        _ state: inout ScrapedLines
    ) -> Bool {
        let isSample = line.flags.contains(.isSample)
        // A sample without a value that may be looked at on its own is read in full.
        if isSample && (line.type != parser.type || line.flags.contains(.isWhole)) { return false }
        guard isRepeated(line, at: start) else { return false }
        parser.place = start + line.length
        guard isSample else {
            if line.flags.contains(.isType) { parser.type = line.type }
            var line = line
            line.type = parser.type
            state.add(line, lineEnds: lineEnds(in: start..<parser.place))
            if line.flags.contains(.isDescription) { describe(start..<parser.place, &state) }
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
        let isSeparate = isSeparate(sample)
        if !isSeparate { flags.insert(.isWhole) }
        let known = start..<(isSeparate ? sample.valueStart : parser.place)
        state.add(
            ScrapedLine(fingerprint(known), length: known.count, slot: slot, type: parser.type, flags: flags),
            lineEnds: lineEnds(in: start..<parser.place)
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
        let line = start..<Swift.min(parser.place, newCount)
        var flags: ScrapedLine.Flags = .isWhole
        if case .type = entry { flags.insert(.isType) }
        if case .comment = entry {} else if line.count < ScrapedLine.lengthLimit { flags.insert(.isDescription) }
        state.add(
            ScrapedLine(fingerprint(line), length: line.count, slot: -1, type: parser.type, flags: flags),
            lineEnds: lineEnds(in: line)
        )
        if flags.contains(.isDescription) { describe(line, &state) }
    }

    private func lineEnds(in line: Range<Int>) -> Int {
        let bytes = unsafe UnsafeBufferPointer(
            start: new + line.lowerBound,
            count: min(line.upperBound, newCount) - line.lowerBound
        )
        return unsafe bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    }

    private func describe(_ line: Range<Int>, _ state: inout ScrapedLines) {
        unsafe state.describe(UnsafeBufferPointer(start: new + line.lowerBound, count: line.count))
    }
}
