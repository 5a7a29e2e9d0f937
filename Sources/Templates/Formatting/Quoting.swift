/// Texts in quotes, as Go writes them.
enum Quoting {
    static func quoted(_ text: String, onlyASCII: Bool = false) -> String {
        "\"" + text.unicodeScalars.map { escaped($0, quote: "\"", onlyASCII: onlyASCII) }.joined() + "\""
    }

    static func quoted(_ character: UnicodeScalar, onlyASCII: Bool = false) -> String {
        "'" + escaped(character, quote: "'", onlyASCII: onlyASCII) + "'"
    }

    private static func escaped(_ scalar: UnicodeScalar, quote: UnicodeScalar, onlyASCII: Bool) -> String {
        switch scalar {
        case quote, "\\": return "\\" + String(scalar)
        case "\u{7}": return "\\a"
        case "\u{8}": return "\\b"
        case "\u{C}": return "\\f"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{B}": return "\\v"
        default: break
        }
        if isPrintable(scalar), scalar.isASCII || !onlyASCII { return String(scalar) }
        let digits = String(scalar.value, radix: 16)
        let (mark, width) = scalar.value < 0x80 ? ("\\x", 2) : scalar.value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
        return mark + String(repeating: "0", count: width - digits.count) + digits
    }

    /// Letters, marks, numbers, punctuation, symbols, and the space of ASCII.
    static func isPrintable(_ scalar: UnicodeScalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }
}
