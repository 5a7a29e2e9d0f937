/// A part of a YAML document that knows where it stands in the file.
///
/// Aliases are already replaced by what they stand for, and merge keys by the entries they bring.
public struct YAMLNode: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping(YAMLMapping)
    }

    public let content: Content
    /// The bytes of the file it was read from: quotes and brackets included, anchor and tag not. Where an alias stands
    /// for it, the bytes of the anchored original.
    public let range: Range<Int>
    /// The full tag where one was written: `tag:yaml.org,2002:str` for `!!str`.
    public let tag: String?
    /// The name after `&`.
    public let anchor: String?
    /// The bytes of the `*name` that led here, for the node itself and not for what is in it.
    public let alias: Range<Int>?
    /// Whether brackets surround it: `[a, b]`, `{a: b}`.
    public let isFlow: Bool

    init(
        _ content: Content,
        range: Range<Int>,
        tag: String? = nil,
        anchor: String? = nil,
        alias: Range<Int>? = nil,
        isFlow: Bool = false
    ) {
        self.content = content
        self.range = range
        self.tag = tag
        self.anchor = anchor
        self.alias = alias
        self.isFlow = isFlow
    }

    /// The same node, as seen through an alias.
    func reached(through alias: Range<Int>) -> YAMLNode {
        YAMLNode(content, range: range, tag: tag, anchor: anchor, alias: alias, isFlow: isFlow)
    }

    public var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    public var sequence: [YAMLNode]? {
        if case .sequence(let nodes) = content { nodes } else { nil }
    }

    public var mapping: YAMLMapping? {
        if case .mapping(let mapping) = content { mapping } else { nil }
    }

    /// Whether nothing is said: an empty value, `~` or `null`.
    public var isNull: Bool { value == .null }

    /// What a caret is drawn under: a scalar, the first key of a mapping, the first element of a sequence, a bracket.
    public var headline: Range<Int> {
        switch content {
        case .scalar: range
        case .sequence(let nodes):
            isFlow ? range.lowerBound..<min(range.lowerBound + 1, range.upperBound) : nodes.first?.headline ?? range
        case .mapping(let mapping):
            isFlow
                ? range.lowerBound..<min(range.lowerBound + 1, range.upperBound)
                : mapping.entries.first { !$0.isMerged }?.keyRange ?? range
        }
    }
}

/// A text in a YAML document, and how it was written.
public struct YAMLScalar: Sendable, Hashable {
    public enum Style: Sendable, Hashable {
        case plain
        case singleQuoted
        case doubleQuoted
        /// A block after `|`, whose line breaks stay.
        case literal
        /// A block after `>`, whose lines are joined.
        case folded
    }

    public let text: String
    public let style: Style

    public static func == (left: Self, right: Self) -> Bool {
        left.style == right.style && left.text.utf8.elementsEqual(right.text.utf8)
    }
}

/// Keys and values in the order of the file, each key once.
public struct YAMLMapping: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public let key: String
        public let keyRange: Range<Int>
        public let value: YAMLNode
        /// Whether a merge key (`<<`) brought it here.
        public let isMerged: Bool
    }

    public let entries: [Entry]

    /// Compares bytes, not characters: `é` in one code point and in two are different keys, as they are to YAML.
    public func entry(for key: String) -> Entry? {
        entries.first { $0.key.utf8.elementsEqual(key.utf8) }
    }

    public subscript(key: String) -> YAMLNode? { entry(for: key)?.value }
}

/// A text that is the same only when its bytes are.
struct ByteText: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 {
            hasher.combine(byte)
        }
    }
}
