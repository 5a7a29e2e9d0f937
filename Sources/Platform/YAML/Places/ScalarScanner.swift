/// Reads a plain or quoted scalar a second time, to learn where each byte of its text stands.
struct ScalarScanner {
    private let style: YAMLScalar.Style
    private let bytes: [UInt8]
    private let end: Int
    private var offset: Int
    private var decoded = DecodedBytes()
    // Blanks that count only when the line goes on after them.
    private var blanks = 0..<0
    private var fold: Fold?

    /// A place where lines are joined.
    private struct Fold {
        let start: Int
        /// The break that ends the first line; empty after a backslash.
        let leading: [UInt8]
        /// The breaks of the empty lines after it.
        var trailing: [UInt8] = []

        var text: [UInt8] {
            guard leading == [UInt8(ascii: "\n")] else { return leading + trailing }
            return trailing.isEmpty ? [UInt8(ascii: " ")] : trailing
        }
    }

    static func decode(_ style: YAMLScalar.Style, at range: Range<Int>, in bytes: [UInt8]) -> DecodedBytes {
        let isQuoted = style != .plain && range.count >= 2
        let content = isQuoted ? range.lowerBound + 1..<range.upperBound - 1 : range
        var scanner = ScalarScanner(style: style, bytes: bytes, end: content.upperBound, offset: content.lowerBound)
        scanner.scan()
        return scanner.decoded
    }

    private init(style: YAMLScalar.Style, bytes: [UInt8], end: Int, offset: Int) {
        self.style = style
        self.bytes = bytes
        self.end = end
        self.offset = offset
    }

    private mutating func scan() {
        while offset < end {
            if LineBreak.isBlank(bytes[offset]) {
                if fold == nil { blanks = (blanks.isEmpty ? offset : blanks.lowerBound)..<offset + 1 }
                offset += 1
            } else if let lineBreak = LineBreak.at(offset, in: bytes) {
                if fold == nil {
                    fold = Fold(start: blanks.isEmpty ? offset : blanks.lowerBound, leading: lineBreak.decoded)
                    blanks = 0..<0
                } else {
                    fold?.trailing += lineBreak.decoded
                }
                offset += lineBreak.length
            } else {
                flush()
                scanCharacter()
            }
        }
        flush()
    }

    private mutating func flush() {
        if let fold {
            decoded.replace(fold.start..<offset, by: fold.text)
        } else {
            decoded.copy(blanks, of: bytes)
        }
        fold = nil
        blanks = 0..<0
    }

    private mutating func scanCharacter() {
        switch (style, bytes[offset]) {
        case (.singleQuoted, UInt8(ascii: "'")):
            let range = offset..<min(offset + 2, end)
            decoded.replace(range, by: [UInt8(ascii: "'")])
            offset = range.upperBound
        case (.doubleQuoted, UInt8(ascii: "\\")):
            scanEscape()
        default:
            let start = offset
            repeat { offset += 1 } while offset < end && isOrdinary(bytes[offset])
            decoded.copy(start..<offset, of: bytes)
        }
    }

    /// Whether a byte is copied like the one before it.
    private func isOrdinary(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "'"),
            UInt8(ascii: "\\"), 0xC2, 0xE2:
            false
        default: true
        }
    }

    private mutating func scanEscape() {
        if let lineBreak = LineBreak.at(offset + 1, in: bytes), offset + 1 < end {
            fold = Fold(start: offset, leading: [])
            offset += 1 + lineBreak.length
            return
        }
        guard offset + 1 < end else {
            offset = end
            return
        }
        let digits =
            switch bytes[offset + 1] {
            case UInt8(ascii: "x"): 2
            case UInt8(ascii: "u"): 4
            case UInt8(ascii: "U"): 8
            default: 0
            }
        let range = offset..<min(offset + 2 + digits, end)
        if digits > 0 {
            let code = UInt32(String(decoding: bytes[range].dropFirst(2), as: UTF8.self), radix: 16)
            decoded.replace(range, by: Self.utf8(code ?? 0xFFFD))
        } else {
            decoded.replace(range, by: Self.escaped(bytes[offset + 1]))
        }
        offset = range.upperBound
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "0"): [0]
        case UInt8(ascii: "a"): [7]
        case UInt8(ascii: "b"): [8]
        case UInt8(ascii: "t"): [9]
        case UInt8(ascii: "n"): [10]
        case UInt8(ascii: "v"): [11]
        case UInt8(ascii: "f"): [12]
        case UInt8(ascii: "r"): [13]
        case UInt8(ascii: "e"): [27]
        case UInt8(ascii: "N"): utf8(0x85)
        case UInt8(ascii: "_"): utf8(0xA0)
        case UInt8(ascii: "L"): utf8(0x2028)
        case UInt8(ascii: "P"): utf8(0x2029)
        default: [byte]
        }
    }

    private static func utf8(_ code: UInt32) -> [UInt8] {
        Array(String(Character(UnicodeScalar(code) ?? "\u{FFFD}")).utf8)
    }

    /// Where a value begins after the `&anchor` and `!tag` before it.
    static func endOfProperties(of range: Range<Int>, in bytes: [UInt8], present: Bool) -> Int {
        guard present else { return range.lowerBound }
        var offset = range.lowerBound
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): offset += 1
            case UInt8(ascii: "#"):
                offset = LineBreak.next(from: offset, in: bytes)
            case UInt8(ascii: "&"), UInt8(ascii: "!"):
                if offset >= range.upperBound { return range.upperBound }
                while offset < bytes.count, !endsProperty(bytes[offset]) { offset += 1 }
            default: return offset
            }
            // A value of nothing but properties is an empty text behind them.
            if offset >= range.upperBound { return range.upperBound }
        }
        return min(offset, range.upperBound)
    }

    private static func endsProperty(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ","),
            UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
            true
        default: false
        }
    }
}
