/// A text that problems point into: a file, or an expression given on the command line.
///
/// Places inside are byte offsets until they are shown. A line ends with a line feed, with or without a carriage return
/// before it. Columns count Unicode scalars: neither bytes, which no editor shows, nor grapheme clusters, whose number
/// depends on the Unicode version of whoever counts. An offset inside a scalar counts as that scalar's.
public struct SourceText: Sendable, Hashable {
    /// The file's path as the operator gave it, or nil for a text without a file.
    public let name: String?
    public let text: String
    // The byte offset at which each line begins.
    private let lineStarts: [Int]

    public init(name: String? = nil, text: String) {
        self.name = name
        // Contiguous text makes every offset below a constant-time step.
        var text = text
        text.makeContiguousUTF8()
        self.text = text
        var starts = [0]
        for (offset, byte) in text.utf8.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    public var lineCount: Int { lineStarts.count }

    /// Where a byte offset lies for a reader. An offset outside the text counts as its nearest end.
    public func place(of offset: Int) -> SourcePlace {
        let bounded = min(max(offset, 0), text.utf8.count)
        let line = lineIndex(of: bounded)
        let rest = text.utf8.dropFirst(lineStarts[line])
        let before = rest.prefix(bounded - lineStarts[line]).count(where: Self.beginsScalar)
        // Within a scalar, the byte that began it is among those before.
        let isInside = rest.dropFirst(bounded - lineStarts[line]).first.map { !Self.beginsScalar($0) } ?? false
        return SourcePlace(line: line + 1, column: before + (isInside ? 0 : 1))
    }

    private static func beginsScalar(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

    /// The byte offset at which a line, counted from one, begins.
    public func start(ofLine number: Int) -> Int {
        lineStarts[min(max(number, 1), lineStarts.count) - 1]
    }

    /// The bytes of a line, counted from one, without its end. Empty for a line that does not exist.
    public func range(ofLine number: Int) -> Range<Int> {
        guard number >= 1, number <= lineStarts.count else { return 0..<0 }
        let start = lineStarts[number - 1]
        guard number < lineStarts.count else { return start..<text.utf8.count }
        var end = lineStarts[number] - 1
        let utf8 = text.utf8
        if end > start, utf8[utf8.index(utf8.startIndex, offsetBy: end - 1)] == UInt8(ascii: "\r") { end -= 1 }
        return start..<end
    }

    /// The text of a line, counted from one, without its end.
    public func line(_ number: Int) -> String {
        self[range(ofLine: number)]
    }

    /// The text of a range of bytes.
    public subscript(range: Range<Int>) -> String {
        let count = text.utf8.count
        let bounded = range.clamped(to: 0..<count)
        return String(decoding: text.utf8.dropFirst(bounded.lowerBound).prefix(bounded.count), as: UTF8.self)
    }

    private func lineIndex(of offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}

/// A line and a column, both counted from one.
public struct SourcePlace: Hashable, Sendable, Comparable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

extension SourcePlace: CustomStringConvertible {
    public var description: String { "\(line):\(column)" }
}
