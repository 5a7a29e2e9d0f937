/// Splits a template into tokens. The first thing that is no token ends them, and says why; the parser tells it when it gets there, which
/// may be never because something before it is wrong.
struct Lexer {
    private struct Problem: Error {
        let message: String
        let range: Range<Int>
    }

    private let bytes: [UInt8]
    private var offset = 0
    private var tokens: [Token] = []
    private var parentheses = 0

    /// Ends with a token of the kind `end` or `error`.
    static func tokens(of bytes: [UInt8]) -> [Token] {
        var lexer = Lexer(bytes: bytes)
        do {
            try lexer.scanText()
        } catch {
            lexer.tokens.append(Token(kind: .error, text: error.message, range: error.range))
        }
        return lexer.tokens
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    // MARK: Outside actions

    private mutating func scanText() throws(Problem) {
        var trimsNext = false
        while offset < bytes.count {
            let start = offset
            let end = find("{{", from: offset) ?? bytes.count
            let trims = end < bytes.count && isTrimMarker(at: end + 2)
            addText(start..<end, trimStart: trimsNext, trimEnd: trims)
            trimsNext = false
            offset = end
            guard offset < bytes.count else { break }
            let open = offset
            offset += trims ? 4 : 2
            if starts("/*") {
                trimsNext = try scanComment(from: open)
            } else {
                add(.leftDelimiter, open..<open + 2)
                trimsNext = try scanAction()
            }
        }
        add(.end, bytes.count..<bytes.count)
    }

    /// `- ` after the opening braces.
    private func isTrimMarker(at offset: Int) -> Bool {
        byte(offset) == UInt8(ascii: "-") && isSpace(byte(offset + 1))
    }

    private mutating func addText(_ range: Range<Int>, trimStart: Bool, trimEnd: Bool) {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        if trimStart {
            while lower < upper, isSpace(bytes[lower]) { lower += 1 }
        }
        if trimEnd {
            while lower < upper, isSpace(bytes[upper - 1]) { upper -= 1 }
        }
        if lower < upper { add(.text, lower..<upper) }
    }

    /// Returns whether what follows is trimmed.
    private mutating func scanComment(from open: Int) throws(Problem) -> Bool {
        guard let end = find("*/", from: offset + 2) else { throw error("unclosed comment", open..<offset) }
        offset = end + 2
        if let trims = closing() { return trims }
        throw error("comment ends before closing delimiter", open..<offset)
    }

    /// Steps over `}}` or ` -}}`, and tells whether it trims; nil where neither stands.
    private mutating func closing() -> Bool? {
        if isSpace(byte(offset)), starts("-}}", at: offset + 1) {
            offset += 4
            return true
        }
        if starts("}}") {
            offset += 2
            return false
        }
        return nil
    }

    // MARK: In actions

    /// Scans to the closing braces. Returns whether what follows is trimmed.
    private mutating func scanAction() throws(Problem) -> Bool {
        parentheses = 0
        while true {
            let start = offset
            if let trims = closing() {
                guard parentheses <= 0 else { throw error("unclosed left paren", start..<start + 2) }
                add(.rightDelimiter, offset - 2..<offset)
                return trims
            }
            guard let next = byte(offset) else { throw error("unclosed action", start..<start) }
            try scanToken(next)
        }
    }

    private mutating func scanToken(_ next: UInt8) throws(Problem) {
        let start = offset
        switch next {
        case _ where isSpace(next): scanSpace()
        case UInt8(ascii: "="): single(.assign)
        case UInt8(ascii: ":"):
            guard byte(offset + 1) == UInt8(ascii: "=") else { throw error("expected :=", start..<start + 1) }
            offset += 2
            add(.declare, start..<offset)
        case UInt8(ascii: "|"): single(.pipe)
        case UInt8(ascii: ","): single(.comma)
        case UInt8(ascii: "("):
            parentheses += 1
            single(.leftParenthesis)
        case UInt8(ascii: ")"):
            parentheses -= 1
            single(.rightParenthesis)
        case UInt8(ascii: "\""): try scanQuoted(.string, "unterminated quoted string")
        case UInt8(ascii: "'"): try scanQuoted(.character, "unterminated character constant")
        case UInt8(ascii: "`"): try scanRaw()
        case UInt8(ascii: "$"): try scanName(.variable)
        case UInt8(ascii: "."):
            if let digit = byte(offset + 1), isDigit(digit) { try scanNumber() } else { try scanName(.field) }
        case UInt8(ascii: "+"), UInt8(ascii: "-"): try scanNumber()
        case _ where isDigit(next): try scanNumber()
        default:
            guard isWordCharacter(at: offset) > 0 else {
                if next > 0x20, next < 0x7F {
                    single(.other)
                    return
                }
                throw error(
                    "unrecognized character in action: \(described(at: offset))",
                    start..<start + length(at: offset)
                )
            }
            try scanName(.identifier)
        }
    }

    private mutating func single(_ kind: Token.Kind) {
        add(kind, offset..<offset + 1)
        offset += 1
    }

    private mutating func scanSpace() {
        let start = offset
        while isSpace(byte(offset)), !(starts("-}}", at: offset + 1)) { offset += 1 }
        add(.space, start..<offset)
    }

    private mutating func scanQuoted(_ kind: Token.Kind, _ message: String) throws(Problem) {
        let start = offset
        let quote = bytes[offset]
        offset += 1
        while let next = byte(offset), next != UInt8(ascii: "\n") {
            offset += 1
            if next == UInt8(ascii: "\\"), let escaped = byte(offset), escaped != UInt8(ascii: "\n") { offset += 1 }
            if next == quote {
                add(kind, start..<offset)
                return
            }
        }
        throw error(message, start..<offset)
    }

    private mutating func scanRaw() throws(Problem) {
        let start = offset
        guard let end = find("`", from: offset + 1) else {
            throw error("unterminated raw quoted string", start..<bytes.count)
        }
        offset = end + 1
        add(.rawString, start..<offset)
    }

    /// A word, `.word` or `$word`, which must end where a word can end.
    private mutating func scanName(_ kind: Token.Kind) throws(Problem) {
        let start = offset
        if kind != .identifier { offset += 1 }
        let word = offset
        while case let length = isWordCharacter(at: offset), length > 0 { offset += length }
        guard isAtTerminator else {
            throw error("bad character \(described(at: offset))", offset..<offset + length(at: offset))
        }
        switch kind {
        case .field: add(word == offset ? .dot : .field, start..<offset)
        case .variable: add(.variable, start..<offset)
        default:
            switch String(decoding: bytes[start..<offset], as: UTF8.self) {
            case "true", "false": add(.boolean, start..<offset)
            case "nil": add(.null, start..<offset)
            case let word: add(Token.keywords.contains(word) ? .keyword : .identifier, start..<offset)
            }
        }
    }

    private var isAtTerminator: Bool {
        guard let next = byte(offset) else { return true }
        switch next {
        case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: ")"),
            UInt8(ascii: "("):
            return true
        default: return isSpace(next) || starts("}}")
        }
    }

    private mutating func scanNumber() throws(Problem) {
        let start = offset
        if bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        var digits = "0123456789_"
        var exponents = "eE"
        if byte(offset) == UInt8(ascii: "0"), let mark = byte(offset + 1) {
            switch mark {
            case UInt8(ascii: "x"), UInt8(ascii: "X"): (digits, exponents) = ("0123456789abcdefABCDEF_", "pP")
            case UInt8(ascii: "o"), UInt8(ascii: "O"): (digits, exponents) = ("01234567_", "")
            case UInt8(ascii: "b"), UInt8(ascii: "B"): (digits, exponents) = ("01_", "")
            default: break
            }
            if digits != "0123456789_" { offset += 2 }
        }
        accept(digits)
        if byte(offset) == UInt8(ascii: ".") {
            offset += 1
            accept(digits)
        }
        if let mark = byte(offset), exponents.utf8.contains(mark) {
            offset += 1
            if byte(offset) == UInt8(ascii: "+") || byte(offset) == UInt8(ascii: "-") { offset += 1 }
            accept("0123456789_")
        }
        // A sign here would make the number complex, which nothing in a message is.
        let isWhole =
            isWordCharacter(at: offset) == 0 && byte(offset) != UInt8(ascii: "+") && byte(offset) != UInt8(ascii: "-")
        guard isWhole else {
            offset += 1
            while case let length = isWordCharacter(at: offset), length > 0 { offset += length }
            throw badNumber(start)
        }
        add(.number, start..<offset)
    }

    private func badNumber(_ start: Int) -> Problem {
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        return error("bad number syntax: \(Quoting.quoted(text))", start..<offset)
    }

    private mutating func accept(_ allowed: String) {
        while let next = byte(offset), allowed.utf8.contains(next) { offset += 1 }
    }

    // MARK: Bytes

    private mutating func add(_ kind: Token.Kind, _ range: Range<Int>) {
        tokens.append(Token(kind: kind, text: String(decoding: bytes[range], as: UTF8.self), range: range))
    }

    private func error(_ message: String, _ range: Range<Int>) -> Problem { Problem(message: message, range: range) }

    private func byte(_ offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func isSpace(_ byte: UInt8?) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
            || byte == UInt8(ascii: "\r")
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private func starts(_ text: StaticString, at place: Int? = nil) -> Bool {
        bytes[min(place ?? offset, bytes.count)...].starts(with: "\(text)".utf8)
    }

    private func find(_ text: String, from start: Int) -> Int? {
        let pattern = Array(text.utf8)
        var place = start
        while place + pattern.count <= bytes.count {
            if bytes[place] == pattern[0], bytes[place..<place + pattern.count].elementsEqual(pattern) { return place }
            place += 1
        }
        return nil
    }

    /// The length of the letter, digit or underscore at an offset; 0 where something else stands.
    private func isWordCharacter(at offset: Int) -> Int {
        guard let byte = byte(offset) else { return 0 }
        if byte < 0x80 {
            return isDigit(byte) || byte == UInt8(ascii: "_") || (byte | 0x20) &- UInt8(ascii: "a") < 26 ? 1 : 0
        }
        guard let scalar = scalar(at: offset) else { return 0 }
        return scalar.isLetterOrDigit ? length(at: offset) : 0
    }

    private func length(at offset: Int) -> Int {
        guard let byte = byte(offset) else { return 0 }
        return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    }

    private func scalar(at offset: Int) -> UnicodeScalar? {
        String(decoding: bytes[offset..<min(offset + length(at: offset), bytes.count)], as: UTF8.self).unicodeScalars
            .first
    }

    /// `U+00A0`, or `U+0040 '@'` for what can be shown.
    private func described(at offset: Int) -> String {
        guard let scalar = scalar(at: offset) else { return "EOF" }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return Quoting.isPrintable(scalar) ? "\(code) '\(scalar)'" : code
    }
}
