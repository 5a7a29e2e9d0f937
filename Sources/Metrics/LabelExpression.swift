public import RegularExpressions

/// A regular expression over a label's value: anchored at both ends, `.` matching newlines too, with short cuts for the
/// shapes that selectors mostly have.
public struct LabelExpression: Sendable {
    /// What the expression amounts to, where that is simpler than an expression.
    public enum Shape: Sendable, Equatable {
        /// Exactly one of these texts: `api`, `api|web`, `(api|web)`.
        case oneOf([String])
        /// A text and whatever follows: `api.*`.
        case prefix(String)
        /// A text and at least one more character: `api.+`.
        case properPrefix(String)
        /// Anything at all: `.*`.
        case anything
        /// Anything but nothing: `.+`.
        case something
        case general
    }

    public let shape: Shape
    private let pattern: Pattern

    public init(_ source: String) throws(PatternError) {
        pattern = try Pattern(source, anchored: true, dotMatchesNewline: true)
        shape = Self.shape(of: source)
    }

    public func matches(_ text: String) -> Bool {
        switch shape {
        case .oneOf(let texts): texts.contains { $0.utf8.elementsEqual(text.utf8) }
        case .prefix(let prefix): text.utf8.starts(with: prefix.utf8)
        case .properPrefix(let prefix): text.utf8.starts(with: prefix.utf8) && text.utf8.count > prefix.utf8.count
        case .anything: true
        case .something: !text.isEmpty
        case .general: pattern.matches(text)
        }
    }

    private static func shape(of source: String) -> Shape {
        if source == ".*" { return .anything }
        if source == ".+" { return .something }
        if let texts = alternatives(of: source) { return .oneOf(texts) }
        if source.hasSuffix(".*"), let prefix = literal(String(source.dropLast(2))) { return .prefix(prefix) }
        if source.hasSuffix(".+"), let prefix = literal(String(source.dropLast(2))) { return .properPrefix(prefix) }
        return .general
    }

    private static func alternatives(of source: String) -> [String]? {
        var body = source[...]
        if body.hasPrefix("("), body.hasSuffix(")"), !body.hasPrefix("(?") {
            body = body.dropFirst().dropLast()
        }
        // Parts are split by bytes: a combining accent after a bar must not swallow it.
        let parts = body.utf8.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        var texts: [String] = []
        for part in parts {
            guard let text = Substring(part).isEmpty ? "" : literal(String(Substring(part))) else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// The text itself when none of its characters means something to a regular expression.
    private static func literal(_ source: String) -> String? {
        let special = #"\.+*?()|[]{}^$"#.utf8
        return source.utf8.contains { special.contains($0) } ? nil : source
    }
}
