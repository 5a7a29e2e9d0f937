/// A line of a script without the blanks around it; a comment line is an empty one.
struct ScriptLine {
    /// Counted from one.
    let number: Int
    /// The bytes of the text in the file.
    let range: Range<Int>
    let text: String

    var isEmpty: Bool { range.isEmpty }

    /// The lines of a file.
    static func all(in file: String) -> [ScriptLine] {
        var lines: [ScriptLine] = []
        var start = 0
        for content in file.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            lines.append(ScriptLine(number: lines.count + 1, start: start, content: content))
            start += content.count + 1
        }
        return lines
    }

    private init(number: Int, start: Int, content: Substring.UTF8View) {
        let text = content.drop(while: Self.isBlank)
        let begin = start + content.count - text.count
        var end = text[...]
        while let last = end.last, Self.isBlank(last) { end = end.dropLast() }
        let isComment = end.first == UInt8(ascii: "#")
        self.number = number
        range = begin..<(isComment ? begin : begin + end.count)
        self.text = isComment ? "" : String(Substring(end))
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
    }
}

/// Walks along a line and knows where in the file it is.
struct LineCursor {
    let line: ScriptLine
    private let bytes: [UInt8]
    private(set) var place = 0

    init(_ line: ScriptLine) {
        self.line = line
        bytes = Array(line.text.utf8)
    }

    var isAtEnd: Bool { place >= bytes.count }

    /// The byte `distance` from here, or nil behind the end.
    func peek(_ distance: Int = 0) -> UInt8? {
        place + distance < bytes.count ? bytes[place + distance] : nil
    }

    mutating func advance(_ count: Int = 1) {
        place = min(place + count, bytes.count)
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        place += 1
        return true
    }

    mutating func skipBlanks() {
        while let byte = peek(), ScriptLine.isBlank(byte) { place += 1 }
    }

    /// The bytes up to the next blank, after those before it; empty at the end.
    mutating func word() -> Piece {
        skipBlanks()
        let start = place
        while let byte = peek(), !ScriptLine.isBlank(byte) { place += 1 }
        return piece(from: start)
    }

    /// All that is left, after blanks.
    mutating func rest() -> Piece {
        skipBlanks()
        let start = place
        place = bytes.count
        return piece(from: start)
    }

    /// What lies between a place and here.
    func piece(from start: Int) -> Piece {
        Piece(
            text: String(decoding: bytes[start..<place], as: UTF8.self),
            range: line.range.lowerBound + start..<line.range.lowerBound + place
        )
    }

    /// The bytes of the file from here to the end of the line, at least one column for a caret.
    var restRange: Range<Int> {
        line.range.lowerBound + place..<max(line.range.upperBound, line.range.lowerBound + place)
    }

    /// A part of a line.
    struct Piece {
        let text: String
        /// In bytes of the file.
        let range: Range<Int>

        func isExactly(_ word: String) -> Bool { text.utf8.elementsEqual(word.utf8) }
    }
}
