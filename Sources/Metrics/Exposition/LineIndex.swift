/// Finds an old line by the bytes before its value. Made only for a scrape whose shape has changed.
struct LineIndex {
    private var table: [Int32]
    private let mask: Int

    init(_ lines: [ScrapedLine]) {
        var capacity = 16
        while capacity < lines.count * 2 {
            capacity *= 2
        }
        table = Array(repeating: -1, count: lines.isEmpty ? 1 : capacity)
        mask = table.count - 1
        for (number, line) in lines.enumerated() where line.hasSeparateValue {
            var place = Int(truncatingIfNeeded: line.fingerprint) & mask
            while table[place] >= 0 {
                place = (place + 1) & mask
            }
            table[place] = Int32(truncatingIfNeeded: number)
        }
    }

    /// The number of the old line with these bytes before its value, read under the same type.
    func line(_ fingerprint: UInt64, length: Int, type: MetricType, among lines: [ScrapedLine]) -> Int? {
        guard !lines.isEmpty, length < ScrapedLine.lengthLimit else { return nil }
        // No target knows the keys of fingerprints, so none can prepare lines that collide.
        var place = Int(truncatingIfNeeded: fingerprint) & mask
        while table[place] >= 0 {
            let number = Int(table[place])
            let line = lines[number]
            if line.fingerprint == fingerprint && line.length == length && line.type == type { return number }
            place = (place + 1) & mask
        }
        return nil
    }
}
