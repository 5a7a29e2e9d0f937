// MARK: Numbers and durations

extension Lexer {
    mutating func numberOrDuration(from start: Int) -> Token {
        if scanNumber() { return token(.number, from: start) }
        if scanRestOfDuration() { return token(.duration, from: start) }
        // What made it invalid belongs into the message.
        if let following = scalar(at: position), following.isASCII, UInt8(following.value).isWordPart { position += 1 }
        return failure("bad number or duration syntax: \(Quoting.text(bytes[start..<position]))", from: start)
    }

    /// Reads the longest run that may be a number; false when it is none, or when a letter follows.
    ///
    /// Decimal, with a fraction and an exponent; hexadecimal without; underscores between digits of either.
    private mutating func scanNumber() -> Bool {
        var isHexadecimal = false
        if peek() == UInt8(ascii: "0"), let sign = peek(1), sign | 0x20 == UInt8(ascii: "x") {
            position += 2
            _ = accept(UInt8(ascii: "_"))
            isHexadecimal = true
        }
        var hasDigits = false
        var hasPoint = false
        var hasExponent = false
        while let byte = peek() {
            if byte.isDigit || isHexadecimal && byte.hexadecimalValue != nil {
                hasDigits = true
                position += 1
            } else if byte == UInt8(ascii: ".") {
                position += 1
                if hasPoint || hasExponent || isHexadecimal { return false }
                if let next = peek(), next == UInt8(ascii: "_") || next == UInt8(ascii: ".") { return false }
                hasPoint = true
            } else if byte == UInt8(ascii: "_") {
                guard hasDigits, let next = peek(1), next.isDigit || isHexadecimal && next.hexadecimalValue != nil
                else {
                    return false
                }
                position += 1
            } else if byte | 0x20 == UInt8(ascii: "e"), hasDigits, !hasExponent {
                guard scanExponent() else { return false }
                hasExponent = true
            } else {
                break
            }
        }
        return hasDigits && !(peek()?.isWordPart ?? false)
    }

    /// Reads `e`, a sign if there is one, and demands a digit behind.
    private mutating func scanExponent() -> Bool {
        position += 1
        _ = accept { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        return peek()?.isDigit ?? false
    }

    /// Reads the unit that stands behind the first number, and any further numbers with units.
    ///
    /// Whether the units come in order is seen when the value is read.
    private mutating func scanRestOfDuration() -> Bool {
        guard acceptUnit("smhdwy") else { return false }
        while accept(where: \.isDigit) {
            while accept(where: \.isDigit) {}
            guard acceptUnit("smhdw") else { return false }
        }
        return !(peek()?.isWordPart ?? false)
    }

    private mutating func acceptUnit(_ units: String) -> Bool {
        guard accept(where: { units.utf8.contains($0) }) else { return false }
        _ = accept(UInt8(ascii: "s"))
        return true
    }
}

// MARK: Strings

extension Lexer {
    /// Reads to the closing quote; the opening one is read. Escapes are checked here and resolved by `Quoting`.
    mutating func quotedText(delimiter: UInt8, from start: Int) -> Token {
        let isRaw = delimiter == UInt8(ascii: "`")
        while let byte = peek() {
            position += 1
            if byte == delimiter { return token(.string, from: start) }
            if byte == UInt8(ascii: "\\") && !isRaw {
                if let message = scanEscape(delimiter: delimiter) { return failure(message, from: start) }
            } else if byte == UInt8(ascii: "\n") && !isRaw {
                position -= 1
                break
            } else if byte == 0xEF, peek() == 0xBF, peek(1) == 0xBD {
                // The replacement character: what was here before was no valid text.
                position += 2
                return failure("invalid UTF-8 rune", from: start)
            }
        }
        return failure(isRaw ? "unterminated raw string" : "unterminated quoted string", from: start)
    }

    /// Reads an escape behind its backslash; answers what is wrong with it.
    private mutating func scanEscape(delimiter: UInt8) -> String? {
        guard let kind = peek() else { return "escape sequence not terminated" }
        if kind == delimiter || "abfnrtv\\".utf8.contains(kind) {
            position += 1
            return nil
        }
        switch kind {
        case UInt8(ascii: "0")...UInt8(ascii: "7"): return scanDigits(count: 3, base: 8, most: 255)
        case UInt8(ascii: "x"): return scanDigits(afterLetter: true, count: 2, base: 16, most: 255)
        case UInt8(ascii: "u"): return scanDigits(afterLetter: true, count: 4, base: 16, most: 0x10FFFF)
        case UInt8(ascii: "U"): return scanDigits(afterLetter: true, count: 8, base: 16, most: 0x10FFFF)
        default:
            guard let scalar = scalar(at: position) else { return "escape sequence not terminated" }
            position += UTF8.width(scalar)
            return "unknown escape sequence \(Quoting.codePoint(scalar))"
        }
    }

    private mutating func scanDigits(afterLetter: Bool = false, count: Int, base: UInt32, most: UInt32) -> String? {
        if afterLetter { position += 1 }
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let byte = peek() else { return "escape sequence not terminated" }
            guard let digit = byte.hexadecimalValue, digit < base else {
                guard let scalar = scalar(at: position) else { return "escape sequence not terminated" }
                position += UTF8.width(scalar)
                return "illegal character \(Quoting.codePoint(scalar)) in escape sequence"
            }
            // Eight hexadecimal digits fill the 32 bits and cannot exceed them.
            value = value &* base &+ digit
            position += 1
        }
        let isSurrogate = (0xD800..<0xE000).contains(value)
        return value > most || isSurrogate ? "escape sequence is an invalid Unicode code point" : nil
    }
}
