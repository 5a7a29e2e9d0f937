/// A table from the text of a series, a range of bytes, to a number. Open addressing over ranges, so that a lookup neither
/// copies nor allocates.
///
/// Unsafe inside because it reads the bytes that it is handed, by the ranges that were put in.
struct SeriesTextIndex {
    private var entries: [(start: Int, count: Int, hash: Int, value: Int)] = []
    private var table: [Int32] = []

    mutating func removeAll() {
        guard !entries.isEmpty else { return }
        entries.removeAll(keepingCapacity: true)
        for place in table.indices {
            table[place] = -1
        }
    }

    func value(of text: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard !table.isEmpty else { return nil }
        let hash = unsafe Self.hash(text, in: bytes)
        var place = hash & (table.count - 1)
        while table[place] >= 0 {
            let entry = entries[Int(table[place])]
            if entry.hash == hash && entry.count == text.count,
                unsafe bytes[entry.start..<entry.start + entry.count].elementsEqual(bytes[text])
            {
                return entry.value
            }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    /// Puts in a text that is not yet there.
    mutating func insert(_ text: Range<Int>, _ value: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        entries.append((text.lowerBound, text.count, unsafe Self.hash(text, in: bytes), value))
        if entries.count * 2 > table.count {
            grow()
        } else {
            link(entries.count - 1)
        }
    }

    private mutating func grow() {
        table = Array(repeating: -1, count: Swift.max(64, table.count * 2))
        for number in entries.indices {
            link(number)
        }
    }

    private mutating func link(_ number: Int) {
        var place = entries[number].hash & (table.count - 1)
        while table[place] >= 0 {
            place = (place + 1) & (table.count - 1)
        }
        table[place] = Int32(truncatingIfNeeded: number)
    }

    private static func hash(_ text: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        unsafe hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[text])))
        return hasher.finalize()
    }
}
