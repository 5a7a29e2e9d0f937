/// Reads answers from bytes as they arrive. A server that lies about lengths is refused before it costs memory.
struct RedisReader {
    /// The largest single answer: what is moved into quarantine goes through here in portions.
    static let bytesMax = 256 << 20
    static let elementsMax = 1_000_000
    static let depthMax = 16

    private var bytes: [UInt8] = []
    private var place = 0

    mutating func append(_ more: [UInt8]) throws(RedisError) {
        if place > 0 {
            bytes.removeFirst(place)
            place = 0
        }
        guard bytes.count + more.count <= Self.bytesMax else { throw .malformed("it is too large") }
        bytes += more
    }

    /// The next whole answer; nil while some of it is missing.
    ///
    /// - Complexity: an answer is scanned again for each portion that arrives; portions are 64 KiB.
    mutating func next() throws(RedisError) -> RedisValue? {
        var cursor = place
        guard let value = try value(&cursor, depth: 0) else { return nil }
        place = cursor
        return value
    }

    private func value(_ cursor: inout Int, depth: Int) throws(RedisError) -> RedisValue? {
        guard depth < Self.depthMax else { throw .malformed("it is nested too deeply") }
        guard let line = try line(&cursor) else { return nil }
        guard let kind = line.first else { throw .malformed("an empty line") }
        let text = String(decoding: line.dropFirst(), as: UTF8.self)
        switch kind {
        case UInt8(ascii: "+"): return .status(text)
        case UInt8(ascii: "-"): return .error(text)
        case UInt8(ascii: ":"):
            guard let number = Int64(text) else { throw .malformed("a number is no number") }
            return .integer(number)
        case UInt8(ascii: "$"):
            guard let count = try length(text, max: Self.bytesMax) else { return .null }
            guard bytes.count - cursor >= count + 2 else { return nil }
            guard bytes[cursor + count] == 13, bytes[cursor + count + 1] == 10 else {
                throw .malformed("a text does not end where it says")
            }
            defer { cursor += count + 2 }
            return .bytes(Array(bytes[cursor..<cursor + count]))
        case UInt8(ascii: "*"):
            guard let count = try length(text, max: Self.elementsMax) else { return .null }
            var values: [RedisValue] = []
            for _ in 0..<count {
                guard let value = try value(&cursor, depth: depth + 1) else { return nil }
                values.append(value)
            }
            return .array(values)
        default: throw .malformed("the type \(kind) is not known")
        }
    }

    /// A line without its end; nil while the end is missing.
    private func line(_ cursor: inout Int) throws(RedisError) -> ArraySlice<UInt8>? {
        guard let end = bytes[cursor...].firstIndex(of: 10) else {
            guard bytes.count - cursor < 64 * 1024 else { throw .malformed("a line has no end") }
            return nil
        }
        guard end > cursor, bytes[end - 1] == 13 else { throw .malformed("a line does not end with CR LF") }
        defer { cursor = end + 1 }
        return bytes[cursor..<end - 1]
    }

    private func length(_ text: String, max: Int) throws(RedisError) -> Int? {
        guard let count = Int(text), count >= -1, count <= max else { throw .malformed("a length out of bounds") }
        return count == -1 ? nil : count
    }
}
