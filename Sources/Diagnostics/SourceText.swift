/// A text that problems point into: a file, or an expression given on the command line.
public struct SourceText: Sendable, Hashable {
    /// The file's path as the operator gave it, or nil for a text without a file.
    public let name: String?
    public let text: String
    // The byte offset at which each line begins.
    private let lineStarts: [Int]

    public init(name: String? = nil, text: String) {
        self.name = name
        self.text = text
        var starts = [0]
        for (offset, byte) in text.utf8.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    /// Where a byte offset lies for a reader: line and column count from one, the column in characters.
    public func place(of offset: Int) -> SourcePlace {
        let bounded = min(max(offset, 0), text.utf8.count)
        let line = (lineStarts.firstIndex { $0 > bounded } ?? lineStarts.count) - 1
        let start = lineStarts[line]
        let prefix = text.utf8.dropFirst(start).prefix(bounded - start)
        return SourcePlace(line: line + 1, column: String(decoding: prefix, as: UTF8.self).count + 1)
    }

    /// The text of a line, counted from one, without its end.
    public func line(_ number: Int) -> String {
        guard number >= 1, number <= lineStarts.count else { return "" }
        let rest = text.utf8.dropFirst(lineStarts[number - 1])
        let line = rest.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return String(decoding: line, as: UTF8.self)
    }

    /// The byte offset at which a line, counted from one, begins.
    public func start(ofLine number: Int) -> Int {
        lineStarts[min(max(number, 1), lineStarts.count) - 1]
    }

    public var lineCount: Int { lineStarts.count }
}

/// A line and a column, both counted from one.
public struct SourcePlace: Hashable, Sendable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
