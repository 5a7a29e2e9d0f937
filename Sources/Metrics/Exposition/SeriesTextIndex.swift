/// The texts of series, ranges of bytes, each with a number that the caller gives it. Open addressing over ranges, so
/// that a lookup neither copies nor allocates.
///
/// Unsafe inside because it reads the bytes that it is handed, by the ranges that were put in.
struct SeriesTextIndex {
    private struct Entry {
        var start: Int
        var count: Int
        var hash: Int
        var value: Int
        var successor: Int
    }

    private var entries: [Entry] = []
    private var table: [Int32] = []

    mutating func removeAll() {
        guard !entries.isEmpty else { return }
        entries.removeAll(keepingCapacity: true)
        for place in table.indices {
            table[place] = -1
        }
    }

    func value(of text: Int) -> Int { entries[text].value }

    func count(of text: Int) -> Int { entries[text].count }

    /// The text that came after this one the last time; at first the text itself.
    func successor(of text: Int) -> Int { entries[text].successor }

    mutating func setSuccessor(_ successor: Int, of text: Int) {
        entries[text].successor = successor
    }

    /// Whether the text stands at the place, with the space behind it that ends a series.
    @inline(__always)
    func isText(_ text: Int, at place: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let (start, count) = (entries[text].start, entries[text].count)
        guard place + count < bytes.count, unsafe bytes[place + count] == UInt8(ascii: " "),
            let base = bytes.baseAddress
        else { return false }
        return unsafe EqualBytes.count(base + start, base + place, count) == count
    }

    func find(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard !table.isEmpty, let base = bytes.baseAddress else { return nil }
        let hash = unsafe Self.hash(range, in: bytes)
        var place = hash & (table.count - 1)
        while table[place] >= 0 {
            let text = Int(table[place])
            let (start, count) = (entries[text].start, entries[text].count)
            if entries[text].hash == hash && count == range.count,
                unsafe EqualBytes.count(base + start, base + range.lowerBound, count) == count
            {
                return text
            }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    /// Puts in a text that is not yet there.
    mutating func insert(_ range: Range<Int>, _ value: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let text = entries.count
        let hash = unsafe Self.hash(range, in: bytes)
        entries.append(
            Entry(start: range.lowerBound, count: range.count, hash: hash, value: value, successor: text)
        )
        if entries.count * 2 > table.count {
            grow()
        } else {
            link(text)
        }
        return text
    }

    private mutating func grow() {
        table = Array(repeating: -1, count: Swift.max(64, table.count * 2))
        for text in entries.indices {
            link(text)
        }
    }

    private mutating func link(_ text: Int) {
        var place = entries[text].hash & (table.count - 1)
        while table[place] >= 0 {
            place = (place + 1) & (table.count - 1)
        }
        table[place] = Int32(truncatingIfNeeded: text)
    }

    private static func hash(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        unsafe hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
        return hasher.finalize()
    }
}
