/// A number or character as it is written in a template.
struct NumberLiteral {
    let value: TemplateValue
    /// What it is where a float is wanted.
    let float: Double

    /// Nil for what Go does not read as a number either.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let isHex = text.drop { $0 == "+" || $0 == "-" }.lowercased().hasPrefix("0x")
        let looksLikeFloat =
            text.contains(".") || (isHex ? text.lowercased().contains("p") : text.lowercased().contains("e"))
        guard NumberLiteral.hasSoundUnderscores(bytes) else { return nil }
        let plain = text.filter { $0 != "_" }
        if !looksLikeFloat {
            guard let integer = Self.integer(plain) else { return nil }
            self.init(value: .integer(integer), float: Double(integer))
        } else {
            // A digit on either side of the point is needed; Go and Swift agree on the rest.
            guard plain.utf8.contains(where: { $0 &- UInt8(ascii: "0") < 10 }), let number = Double(plain),
                number.isFinite
            else { return nil }
            self.init(value: .float(number), float: number)
        }
    }

    private init(value: TemplateValue, float: Double) {
        self.value = value
        self.float = float
    }

    init(character: UnicodeScalar) {
        self.init(value: .integer(Int64(character.value)), float: Double(character.value))
    }

    private static func integer(_ text: String) -> Int64? {
        var digits = Substring(text)
        let sign = digits.first == "-" || digits.first == "+" ? String(digits.removeFirst()) : ""
        let radix: Int
        switch digits.prefix(2).lowercased() {
        case "0x": (radix, digits) = (16, digits.dropFirst(2))
        case "0o": (radix, digits) = (8, digits.dropFirst(2))
        case "0b": (radix, digits) = (2, digits.dropFirst(2))
        case let prefix where prefix.utf8.count == 2 && prefix.hasPrefix("0"): (radix, digits) = (8, digits.dropFirst())
        default: radix = 10
        }
        guard !digits.isEmpty, digits.first != "+", digits.first != "-" else { return nil }
        return Int64(sign + digits, radix: radix)
    }

    /// Underscores may stand between digits, and behind the mark of a radix.
    private static func hasSoundUnderscores(_ bytes: [UInt8]) -> Bool {
        let underscore = UInt8(ascii: "_")
        guard bytes.contains(underscore) else { return true }
        func isDigit(_ byte: UInt8) -> Bool {
            byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
        }
        return bytes.indices.allSatisfy { index in
            guard bytes[index] == underscore else { return true }
            return index > 0 && index + 1 < bytes.count && isDigit(bytes[index - 1]) && isDigit(bytes[index + 1])
        }
    }
}

/// Go's quoted strings and character constants.
enum StringLiteral {
    /// The text of a string in double quotes; nil where an escape is unknown or broken.
    static func string(_ literal: String) -> String? {
        let bytes = Array(literal.utf8)
        guard bytes.count >= 2 else { return nil }
        return unescaped(bytes[1..<bytes.count - 1], quote: UInt8(ascii: "\"")).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The text between backquotes; carriage returns are no part of it.
    static func raw(_ literal: String) -> String {
        String(decoding: literal.utf8.dropFirst().dropLast().filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    }

    /// The one character between single quotes.
    static func character(_ literal: String) -> UnicodeScalar? {
        let bytes = Array(literal.utf8)
        guard bytes.count >= 3, let content = unescaped(bytes[1..<bytes.count - 1], quote: UInt8(ascii: "'")) else {
            return nil
        }
        let scalars = String(decoding: content, as: UTF8.self).unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
    }

    private static func unescaped(_ content: ArraySlice<UInt8>, quote: UInt8) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = content
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                if byte == quote { return nil }
                result.append(byte)
                continue
            }
            guard let escape = rest.popFirst(), let decoded = decoded(escape, &rest, quote) else { return nil }
            result += decoded
        }
        return result
    }

    private static func decoded(_ escape: UInt8, _ rest: inout ArraySlice<UInt8>, _ quote: UInt8) -> [UInt8]? {
        switch escape {
        case UInt8(ascii: "a"): [7]
        case UInt8(ascii: "b"): [8]
        case UInt8(ascii: "f"): [12]
        case UInt8(ascii: "n"): [10]
        case UInt8(ascii: "r"): [13]
        case UInt8(ascii: "t"): [9]
        case UInt8(ascii: "v"): [11]
        case UInt8(ascii: "\\"), quote: [escape]
        case UInt8(ascii: "x"): code(&rest, digits: 2, radix: 16).flatMap { UInt8(exactly: $0) }.map { [$0] }
        case UInt8(ascii: "u"): code(&rest, digits: 4, radix: 16).flatMap(utf8)
        case UInt8(ascii: "U"): code(&rest, digits: 8, radix: 16).flatMap(utf8)
        case UInt8(ascii: "0")...UInt8(ascii: "7"): octal(escape, &rest)
        default: nil
        }
    }

    private static func octal(_ first: UInt8, _ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let tail = code(&rest, digits: 2, radix: 8) else { return nil }
        return UInt8(exactly: UInt32(first - UInt8(ascii: "0")) * 64 + tail).map { [$0] }
    }

    private static func code(_ rest: inout ArraySlice<UInt8>, digits: Int, radix: Int) -> UInt32? {
        guard rest.count >= digits,
            rest.prefix(digits).allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") })
        else { return nil }
        let code = UInt32(String(decoding: rest.prefix(digits), as: UTF8.self), radix: radix)
        rest = rest.dropFirst(digits)
        return code
    }

    private static func utf8(_ code: UInt32) -> [UInt8]? {
        UnicodeScalar(code).map { Array(String(Character($0)).utf8) }
    }
}

extension UnicodeScalar {
    var isLetterOrDigit: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: true
        default: false
        }
    }
}
