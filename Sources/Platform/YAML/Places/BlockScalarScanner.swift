/// Reads a block scalar (`|`, `>`) a second time, to learn where each byte of its text stands.
struct BlockScalarScanner {
    private let bytes: [UInt8]
    private let isLiteral: Bool
    private let indentation: Int
    private let chomping: UInt8?
    private var offset: Int
    private var lineStart: Int
    private var decoded = DecodedBytes()
    // The break that ended the last line, which counts only when a line follows or the block keeps it.
    private var leading = Break()
    private var trailing = Break()

    private struct Break {
        var range = 0..<0
        var text: [UInt8] = []
    }

    static func decode(_ scalar: YAMLScalar, at range: Range<Int>, in bytes: [UInt8]) -> DecodedBytes {
        var header = range.lowerBound + 1
        var chomping: UInt8?
        while header < bytes.count, LineBreak.length(at: header, in: bytes) == 0, bytes[header] != UInt8(ascii: "#") {
            if bytes[header] == UInt8(ascii: "-") || bytes[header] == UInt8(ascii: "+") { chomping = bytes[header] }
            header += 1
        }
        header = LineBreak.next(from: header, in: bytes)
        let start = header + LineBreak.length(at: header, in: bytes)
        var scanner = BlockScalarScanner(
            bytes: bytes,
            isLiteral: scalar.style == .literal,
            indentation: indentation(of: scalar.text, from: start, in: bytes),
            chomping: chomping,
            offset: start
        )
        scanner.scan()
        return scanner.decoded
    }

    private init(bytes: [UInt8], isLiteral: Bool, indentation: Int, chomping: UInt8?, offset: Int) {
        self.bytes = bytes
        self.isLiteral = isLiteral
        self.indentation = indentation
        self.chomping = chomping
        self.offset = offset
        lineStart = offset
    }

    /// How far the block is indented: what the first line with content has in the file and has not in the text. That holds
    /// for an indentation written into the header as for one that was found.
    private static func indentation(of text: String, from start: Int, in bytes: [UInt8]) -> Int {
        let text = Array(text.utf8)
        var offset = start
        var content = 0
        while let lineBreak = LineBreak.at(content, in: text) {
            content += lineBreak.decoded.count
            while LineBreak.byte(offset, bytes) == UInt8(ascii: " ") { offset += 1 }
            offset += LineBreak.length(at: offset, in: bytes)
        }
        // Nothing but empty lines: however far they are indented, there is no content in them.
        guard content < text.count else { return bytes.count }
        let rest = text[content...]
        let inFile = bytes[min(offset, bytes.count)...].prefix { $0 == UInt8(ascii: " ") }.count
        let inText = rest.prefix { $0 == UInt8(ascii: " ") }.count
        return max(1, inFile - inText)
    }

    private mutating func scan() {
        scanBreaks()
        var formerIsBlank = false
        while offset < bytes.count, column == indentation {
            let isBlank = LineBreak.isBlank(bytes[offset])
            joinLines(isFolded: !isLiteral && !formerIsBlank && !isBlank)
            formerIsBlank = isBlank
            let start = offset
            offset = LineBreak.next(from: offset, in: bytes)
            decoded.copy(start..<offset, of: bytes)
            if let lineBreak = LineBreak.at(offset, in: bytes) {
                leading = Break(range: offset..<offset + lineBreak.length, text: lineBreak.decoded)
                offset += lineBreak.length
                lineStart = offset
            }
            scanBreaks()
        }
        if chomping != UInt8(ascii: "-") { decoded.replace(leading.range, by: leading.text) }
        if chomping == UInt8(ascii: "+") { decoded.replace(trailing.range, by: trailing.text) }
    }

    private mutating func joinLines(isFolded: Bool) {
        if isFolded, leading.text == [UInt8(ascii: "\n")] {
            if trailing.text.isEmpty { decoded.replace(leading.range, by: [UInt8(ascii: " ")]) }
        } else {
            decoded.replace(leading.range, by: leading.text)
        }
        decoded.replace(trailing.range, by: trailing.text)
        leading = Break()
        trailing = Break()
    }

    /// Skips indentation and empty lines.
    private mutating func scanBreaks() {
        while true {
            while column < indentation, LineBreak.byte(offset, bytes) == UInt8(ascii: " ") { offset += 1 }
            guard let lineBreak = LineBreak.at(offset, in: bytes) else { return }
            let start = trailing.text.isEmpty ? offset : trailing.range.lowerBound
            trailing.range = start..<offset + lineBreak.length
            trailing.text += lineBreak.decoded
            offset += lineBreak.length
            lineStart = offset
        }
    }

    /// Counted from the line's begin; indentation is spaces, so bytes are columns.
    private var column: Int { offset - lineStart }

    /// The range of a block without the empty lines after it and without its last line break.
    static func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound {
            var start = end
            if bytes[start - 1] == UInt8(ascii: "\n") { start -= 1 }
            if start > range.lowerBound, bytes[start - 1] == UInt8(ascii: "\r") { start -= 1 }
            guard start < end || LineBreak.isBlank(bytes[end - 1]) else { break }
            // Blanks at the end of a line with content are content; a line of blanks alone is not.
            var blank = start
            while blank > range.lowerBound, LineBreak.isBlank(bytes[blank - 1]) { blank -= 1 }
            let isWhole = blank > range.lowerBound && (bytes[blank - 1] == 10 || bytes[blank - 1] == 13)
            end = isWhole ? blank : start
            if !isWhole { break }
        }
        return range.lowerBound..<max(end, min(range.lowerBound + 1, range.upperBound))
    }
}
