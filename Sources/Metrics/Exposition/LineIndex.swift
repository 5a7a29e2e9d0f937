/// Finds an old line by the bytes before its value. Made only for a scrape whose shape has changed.
///
/// Unsafe inside because it reads the old body by the remembered lengths of its lines, which add up to its size.
struct LineIndex {
    private var starts: [UInt32] = []
    private var table: [Int32]
    private let mask: Int

    init(_ lines: [ScrapedLine], of pass: ScrapePass) {
        var capacity = 16
        while capacity < lines.count * 2 {
            capacity *= 2
        }
        table = Array(repeating: -1, count: lines.isEmpty ? 1 : capacity)
        mask = table.count - 1
        starts.reserveCapacity(lines.count)
        var start: UInt32 = 0
        for (number, line) in lines.enumerated() {
            starts.append(start)
            if line.flags.contains(.isSample) && line.valueOffset < line.length {
                let series = Int(start)..<Int(start) + Int(line.valueOffset)
                var place = unsafe Self.hash(pass.old + series.lowerBound, series.count) & mask
                while table[place] >= 0 {
                    place = (place + 1) & mask
                }
                table[place] = Int32(truncatingIfNeeded: number)
            }
            start &+= line.length
        }
    }

    /// The old line with these bytes before its value, read under the same type.
    func line(
        of series: Range<Int>,
        in pass: ScrapePass,
        type: MetricType,
        among lines: [ScrapedLine]
    ) -> (line: Int, start: Int)? {
        guard !lines.isEmpty else { return nil }
        var place = unsafe Self.hash(pass.new + series.lowerBound, series.count) & mask
        while table[place] >= 0 {
            let number = Int(table[place])
            let start = Int(starts[number])
            let count = Int(lines[number].valueOffset)
            if count == series.count && lines[number].type == type,
                unsafe EqualBytes.count(pass.old + start, pass.new + series.lowerBound, count) == count
            {
                return (number, start)
            }
            place = (place + 1) & mask
        }
        return nil
    }

    /// The standard library's hash is seeded anew in each process, so no target can prepare lines that collide.
    private static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var hasher = Hasher()
        unsafe hasher.combine(bytes: UnsafeRawBufferPointer(start: bytes, count: count))
        return hasher.finalize()
    }
}
