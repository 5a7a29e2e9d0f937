/// Packs bytes into Snappy's block format, which remote writing uses: quick rather than small.
///
/// The format is described at https://github.com/google/snappy/blob/main/format_description.txt: the length, and then literals and copies of
/// what came before.
public enum SnappyBlock {
    /// What is found again lies at most so far back: each piece of that length is packed by itself.
    private static let pieceMax = 1 << 16
    private static let tableBits = 14
    private static let shortestMatch = 4
    private static let longestCopy = 64

    /// Packs the bytes. The result is at most a sixth longer than they are.
    public static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 2 + 16)
        appendLength(bytes.count, to: &output)
        var start = 0
        while start < bytes.count {
            let end = Swift.min(start + pieceMax, bytes.count)
            pack(bytes, start..<end, into: &output)
            start = end
        }
        return output
    }

    private static func pack(_ bytes: [UInt8], _ piece: Range<Int>, into output: inout [UInt8]) {
        // Where a group of four bytes was seen last, by a hash of it.
        var table = [Int32](repeating: -1, count: 1 << tableBits)
        var place = piece.lowerBound
        var literal = piece.lowerBound
        while place + shortestMatch <= piece.upperBound {
            let word = word(bytes, place)
            let slot = Int(truncatingIfNeeded: (word &* 0x1e35_a7bd) >> UInt32(32 - tableBits))
            let candidate = table[slot] < 0 ? -1 : piece.lowerBound + Int(table[slot])
            table[slot] = Int32(truncatingIfNeeded: place - piece.lowerBound)
            guard candidate >= 0, self.word(bytes, candidate) == word else {
                // The longer nothing was found, the fewer places are looked at: bytes that do not repeat cost little.
                place += 1 + (place - literal) >> 5
                continue
            }
            appendLiteral(bytes, literal..<place, to: &output)
            var length = shortestMatch
            while place + length < piece.upperBound, bytes[candidate + length] == bytes[place + length] { length += 1 }
            appendCopy(offset: place - candidate, length: length, to: &output)
            place += length
            literal = place
        }
        appendLiteral(bytes, literal..<piece.upperBound, to: &output)
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
            | UInt32(bytes[place + 3]) << 24
    }

    private static func appendLength(_ length: Int, to output: inout [UInt8]) {
        var rest = UInt64(length)
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func appendLiteral(_ bytes: [UInt8], _ range: Range<Int>, to output: inout [UInt8]) {
        guard !range.isEmpty else { return }
        let length = range.count - 1
        switch length {
        case ..<60: output.append(UInt8(length) << 2)
        case ..<256: output += [60 << 2, UInt8(length)]
        default: output += [61 << 2, UInt8(length & 0xff), UInt8(length >> 8)]
        }
        output += bytes[range]
    }

    private static func appendCopy(offset: Int, length: Int, to output: inout [UInt8]) {
        var rest = length
        while rest > 0 {
            let part = Swift.min(rest, longestCopy)
            output += [UInt8(part - 1) << 2 | 2, UInt8(offset & 0xff), UInt8(offset >> 8)]
            rest -= part
        }
    }
}
