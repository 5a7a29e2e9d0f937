import Metrics

/// Text between quotes, as PromQL writes it and as messages show it.
enum Quoting {
    /// The text in double quotes, so that PromQL reads the same text back.
    static func text(_ text: String) -> String {
        let quoted = Labels.quoted(text)
        guard text.unicodeScalars.contains("\u{FFFD}") else { return quoted }
        // PromQL takes a bare replacement character for damage.
        var result = ""
        for scalar in quoted.unicodeScalars {
            if scalar == "\u{FFFD}" {
                result += "\\ufffd"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The bytes in double quotes; those that are no UTF-8 as `\xc5`.
    static func text(_ bytes: some Collection<UInt8>) -> String {
        var result = "\""
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            var decoder = UTF8()
            var iterator = rest.makeIterator()
            if case .scalarValue(let scalar) = decoder.decode(&iterator) {
                result.unicodeScalars += text(String(scalar)).unicodeScalars.dropFirst().dropLast()
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                let digits = String(rest[rest.startIndex], radix: 16)
                result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
                rest = rest.dropFirst()
            }
        }
        return result + "\""
    }

    /// One character between single quotes.
    static func character(_ scalar: Unicode.Scalar) -> String {
        if scalar == "'" { return "'\\''" }
        if scalar == "\"" { return "'\"'" }
        let quoted = Labels.quoted(String(scalar)).unicodeScalars.dropFirst().dropLast()
        return "'\(String(String.UnicodeScalarView(quoted)))'"
    }

    /// The number and the look of a character: `U+0063 'c'`.
    static func codePoint(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: Swift.max(0, 4 - digits.utf8.count)) + digits + " '\(scalar)'"
    }

    /// The bytes that a string token stands for: quotes off, escapes resolved. The lexer has checked the escapes.
    static func unquoted(_ token: ArraySlice<UInt8>) -> [UInt8] {
        let body = token.dropFirst().dropLast()
        guard token.first != UInt8(ascii: "`"), body.contains(UInt8(ascii: "\\")) else { return Array(body) }
        var result: [UInt8] = []
        var place = body.startIndex
        while place < body.endIndex {
            let byte = body[place]
            place += 1
            guard byte == UInt8(ascii: "\\"), place < body.endIndex else {
                result.append(byte)
                continue
            }
            let kind = body[place]
            switch kind {
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                result.append(UInt8(truncatingIfNeeded: number(body, &place, count: 3, base: 8)))
            case UInt8(ascii: "x"):
                place += 1
                result.append(UInt8(truncatingIfNeeded: number(body, &place, count: 2, base: 16)))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                place += 1
                let value = number(body, &place, count: kind == UInt8(ascii: "u") ? 4 : 8, base: 16)
                result += Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
            default:
                place += 1
                result.append(simpleEscape(kind))
            }
        }
        return result
    }

    private static func number(_ body: ArraySlice<UInt8>, _ place: inout Int, count: Int, base: UInt32) -> UInt32 {
        var value: UInt32 = 0
        for byte in body[place..<Swift.min(place + count, body.endIndex)] {
            value = value &* base &+ (byte.hexadecimalValue ?? 0)
            place += 1
        }
        return value
    }

    private static func simpleEscape(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "a"): 0x07
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "v"): 0x0B
        default: letter
        }
    }
}
