/// The ways a value can be written, best first. Each is tried on the file; the first that reads back the same is taken.
struct ScalarWriter {
    let value: YAMLValue
    let node: YAMLNode
    let bytes: [UInt8]

    func candidates() -> [String] {
        guard case .string(let text) = value else { return [Self.plain(value)] }
        let single = Self.singleQuoted(text).map { [$0] } ?? []
        let double = [Self.doubleQuoted(text)]
        switch node.scalar?.style {
        case .singleQuoted: return single + double
        case .doubleQuoted: return double
        case .literal, .folded: return (block(text).map { [$0] } ?? []) + double.map { $0 + restOfHeader }
        default: return (Self.isPlain(text) ? [text] : []) + single + double
        }
    }

    private static func plain(_ value: YAMLValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .float(let value) where value.isNaN: ".nan"
        case .float(let value) where value.isInfinite: value < 0 ? "-.inf" : ".inf"
        case .float(let value): value.description
        case .string(let text): text
        }
    }

    /// The text in the simplest way that reads back the same, on one line.
    static func oneLine(_ text: String) -> String {
        isPlain(text) ? text : singleQuoted(text) ?? doubleQuoted(text)
    }

    /// Whether every reader of YAML, of 1.1 or 1.2, takes the bare text for the text it is.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        let begins = (first | 0x20) &- UInt8(ascii: "a") < 26 || first == UInt8(ascii: "/") || first >= 0x80
        let isNumeric = first &- UInt8(ascii: "0") < 10 && !text.utf8.contains { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
        guard begins || (first &- UInt8(ascii: "0") < 10 && !isNumeric) else { return false }
        guard last != UInt8(ascii: " "), last != UInt8(ascii: ":"), !text.utf8.contains(where: { $0 < 0x20 }) else {
            return false
        }
        let pairs = zip(text.utf8, text.utf8.dropFirst())
        guard !pairs.contains(where: { ($0 == 0x3A && $1 == 0x20) || ($0 == 0x20 && $1 == 0x23) }) else { return false }
        return YAMLValue(plain: text) == .string(text) && YAMLValue.boolean(text) == nil
    }

    private static func singleQuoted(_ text: String) -> String? {
        guard !text.unicodeScalars.contains(where: mustBeEscaped) else { return nil }
        return "'"
            + text.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }.joined(separator: "''") + "'"
    }

    static func doubleQuoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where mustBeEscaped(scalar):
                let digits = String(scalar.value, radix: 16)
                let width = scalar.value > 0xFF ? 4 : 2
                result += (width == 4 ? "\\u" : "\\x") + String(repeating: "0", count: width - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Control characters, breaks of lines, byte order marks and what is no character.
    private static func mustBeEscaped(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    /// The text as a block like the one it replaces: its indentation, its comment, the file's line ends.
    private func block(_ text: String) -> String? {
        let lines = bytes[node.range].split(separator: UInt8(ascii: "\n"))
        let content = lines.dropFirst().first { !$0.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") } }
        let indentation = content?.prefix { $0 == UInt8(ascii: " ") }.count ?? 0
        let first = text.utf8.first { $0 != UInt8(ascii: "\n") }
        guard indentation > 0, first != nil, first != UInt8(ascii: " "), first != UInt8(ascii: "\t") else { return nil }
        let lineEnd = lines.first?.last == UInt8(ascii: "\r") ? "\r\n" : "\n"
        let body = Array(text.utf8)
        let ends = body.reversed().prefix { $0 == UInt8(ascii: "\n") }.count
        let chomping = ends == 0 ? "-" : ends == 1 ? "" : "+"
        let kept = body.dropLast(ends).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let isFolded = node.scalar?.style == .folded && kept.count == 1
        let written = kept.map { line in
            line.isEmpty ? "" : String(repeating: " ", count: indentation) + String(decoding: line, as: UTF8.self)
        }
        let header = (isFolded ? ">" : "|") + chomping + restOfHeader + lineEnd
        return header + written.joined(separator: lineEnd) + String(repeating: lineEnd, count: max(0, ends - 1))
    }

    /// What follows the indicators of a block on its first line: a comment, mostly.
    private var restOfHeader: String {
        let header = bytes[node.range].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let indicators = Array("|>+-0123456789".utf8)
        return String(decoding: header.drop { indicators.contains($0) }, as: UTF8.self)
    }
}
