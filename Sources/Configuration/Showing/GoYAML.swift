import YAML

/// A tree that is written as Go's programs write YAML, so that a text by medic and one by Alertmanager can be compared line by line.
indirect enum GoYAML {
    /// Written as it stands.
    case literal(String)
    case text(String)
    case list([GoYAML])
    /// On one line, in brackets.
    case row([String])
    case map([(key: String, value: GoYAML)])

    var lines: [String] {
        switch self {
        case .literal(let text): [text]
        case .text(let text): Self.lines(of: text)
        case .row(let texts): ["[" + texts.map { Self.quoted($0, inRow: true) }.joined(separator: ", ") + "]"]
        case .list(let elements) where elements.isEmpty: ["[]"]
        case .map(let members) where members.isEmpty: ["{}"]
        case .list(let elements):
            elements.flatMap { element in
                element.lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
            }
        case .map(let members): members.flatMap { Self.lines(of: $0.value, behind: Self.quoted($0.key)) }
        }
    }

    private static func lines(of value: GoYAML, behind key: String) -> [String] {
        let lines = value.lines
        switch value {
        case .list(let elements) where !elements.isEmpty: return ["\(key):"] + lines
        case .map(let members) where !members.isEmpty: return ["\(key):"] + lines.map { "  " + $0 }
        default:
            return ["\(key): \(lines.first ?? "")"] + lines.dropFirst().map { $0.isEmpty ? "" : "  " + $0 }
        }
    }

    // MARK: Texts

    /// A text with line feeds as a block, any other on one line.
    private static func lines(of text: String) -> [String] {
        guard text.utf8.contains(0x0A), text.utf8.first != 0x20, text.utf8.first != 0x0A else { return [quoted(text)] }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let ends = lines.reversed().prefix { $0.isEmpty }.count
        if ends > 0 { lines.removeLast() }
        return ["|" + (ends == 0 ? "-" : ends == 1 ? "" : "+")] + lines
    }

    static func quoted(_ text: String, inRow: Bool = false) -> String {
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return escaped(text) }
        if !isText(text) { return escaped(text) }
        if isPlain(text, inRow: inRow) { return text }
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        return "'\(parts.joined(separator: "''"))'"
    }

    private static func escaped(_ text: String) -> String { YAMLNode.doubleQuoted(text) }

    /// Whether the bare text is none of the words and numbers of YAML 1.1, such as `y` or `1:30`.
    private static func isText(_ text: String) -> Bool {
        let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "", ".nan", ".inf", "<<"]
        if words.contains(text.lowercased()) { return false }
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { return true }
        guard YAMLValue(plain: text) == .string(text) else { return false }
        let parts = text.drop { "+-".contains($0) }.split(separator: ":", omittingEmptySubsequences: false)
        // Numbers to the base of sixty.
        let isSexagesimal =
            parts.count > 1 && UInt(parts[0]) != nil
            && parts.dropFirst().allSatisfy { UInt($0).map { $0 < 60 } ?? false }
        return !isSexagesimal
    }

    private static func isPlain(_ text: String, inRow: Bool) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, first != 0x20, last != 0x20 else { return false }
        if "#,[]{}&*!|>'\"%@`".utf8.contains(first) || text.hasPrefix("---") || text.hasPrefix("...") { return false }
        if "?:-".utf8.contains(first), bytes.count == 1 || bytes[1] == 0x20 { return false }
        if inRow, bytes.contains(where: { ",?[]{}:".utf8.contains($0) }) { return false }
        let pairs = zip(bytes, bytes.dropFirst())
        return last != UInt8(ascii: ":")
            && !pairs.contains { ($0 == UInt8(ascii: ":") && $1 == 0x20) || ($0 == 0x20 && $1 == UInt8(ascii: "#")) }
    }
}
