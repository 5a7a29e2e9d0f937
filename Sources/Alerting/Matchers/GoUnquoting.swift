/// The reverse of Go's `strconv.Quote`.
enum GoUnquoting {
    /// The text inside double quotes; nil where Go would refuse it.
    static func unquoted(_ quoted: String) -> String? {
        var rest = quoted.unicodeScalars.dropFirst().dropLast()
        var bytes: [UInt8] = []
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                if scalar == "\n" || scalar == "\"" { return nil }
                bytes += String(Character(scalar)).utf8
                continue
            }
            guard let escape = rest.popFirst(), append(escape, &rest, to: &bytes) else { return nil }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static let simple: [Unicode.Scalar: UInt8] = [
        "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 0x5C, "\"": 0x22,
    ]

    private static func append(
        _ escape: Unicode.Scalar,
        _ rest: inout Substring.UnicodeScalarView,
        to bytes: inout [UInt8]
    ) -> Bool {
        if let byte = simple[escape] {
            bytes.append(byte)
            return true
        }
        switch escape {
        case "x":
            guard let code = number(&rest, digits: 2, radix: 16) else { return false }
            bytes.append(UInt8(code))
        case "u", "U":
            guard let code = number(&rest, digits: escape == "u" ? 4 : 8, radix: 16),
                let scalar = Unicode.Scalar(code)
            else { return false }
            bytes += String(Character(scalar)).utf8
        case "0"..."7":
            rest = (String(Character(escape)) + String(rest)).unicodeScalars[...]
            guard let code = number(&rest, digits: 3, radix: 8), code < 256 else { return false }
            bytes.append(UInt8(code))
        default: return false
        }
        return true
    }

    private static func number(_ rest: inout Substring.UnicodeScalarView, digits: Int, radix: Int) -> UInt32? {
        let text = String(rest.prefix(digits))
        guard text.utf8.count == digits, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") })
        else { return nil }
        rest = rest.dropFirst(digits)
        return UInt32(text, radix: radix)
    }
}
