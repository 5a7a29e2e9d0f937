/// What a configuration value should look like, and how it becomes a value of Swift.
///
/// Shapes are put together: `.list(of: .string)`, `.map(of: .boolean)`, `.structure("a rule group") { fields in ... }`. A shape tells all
/// that is wrong with a node and returns nil, or returns a value.
public struct Shape<Value>: Sendable {
    /// What is expected, for the operator: `a list of texts`.
    public let expectation: String
    let read: @Sendable (YAMLNode, Problems) -> Value?

    public init(_ expectation: String, read: @escaping @Sendable (_ node: YAMLNode, _ problems: Problems) -> Value?) {
        self.expectation = expectation
        self.read = read
    }

    public func decode(_ node: YAMLNode, _ problems: Problems) -> Value? {
        read(node, problems)
    }
}

/// A decoded value and where it was written.
public struct Placed<Value> {
    public let value: Value
    public let range: Range<Int>

    public init(_ value: Value, range: Range<Int>) {
        self.value = value
        self.range = range
    }
}

extension Placed: Sendable where Value: Sendable {}
extension Placed: Equatable where Value: Equatable {}
extension Placed: Hashable where Value: Hashable {}

extension Shape {
    /// The value together with its place.
    public var placed: Shape<Placed<Value>> {
        Shape<Placed<Value>>(expectation) { node, problems in
            decode(node, problems).map { Placed($0, range: node.range) }
        }
    }

    /// The same for a value that nobody should read: its place is noted, so that whoever shows the file can leave it out.
    public var hidden: Shape {
        Shape(expectation) { node, problems in
            problems.hide(node.range)
            return decode(node, problems)
        }
    }

    public func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> Shape<Other> {
        Shape<Other>(expectation) { node, problems in decode(node, problems).map(transform) }
    }

    /// Narrows a shape: where `transform` returns nil the value is told to be not what was expected.
    public func narrowed<Other>(
        to expectation: String,
        help: String? = nil,
        _ transform: @escaping @Sendable (Value) -> Other?
    ) -> Shape<Other> {
        Shape<Other>(expectation) { node, problems in
            guard let value = decode(node, problems) else { return nil }
            if let other = transform(value) { return other }
            problems.wrongValue(node, expected: expectation, help: help)
            return nil
        }
    }

    /// Any node, undecoded: for parts that somebody else reads.
    public static var node: Shape<YAMLNode> {
        Shape<YAMLNode>("a value") { node, _ in node }
    }
}

extension YAMLDocument {
    /// Decodes the document; an empty one as an empty mapping. Nil when something was wrong, which is then in `problems`.
    public func decode<Value>(_ shape: Shape<Value>, problems: Problems) -> Value? {
        guard root.isNull else { return shape.decode(root, problems) }
        return shape.decode(YAMLNode(.mapping(YAMLMapping(entries: [])), range: root.range), problems)
    }
}

extension Problems {
    /// Tells that a node is of another kind than expected.
    public func wrongType(_ node: YAMLNode, expected: String, help: String? = nil) {
        error(
            "yaml/wrong-type",
            "expected \(expected), found \(node.kindInWords)",
            at: node.headline,
            help: help
        )
    }

    /// Tells that a value is of the right kind and still not one that is expected.
    public func wrongValue(_ node: YAMLNode, expected: String, help: String? = nil) {
        error(
            "yaml/bad-value",
            "\(node.scalar.map { quoted($0.text) } ?? node.kindInWords) is not \(expected)",
            at: node.headline,
            help: help
        )
    }
}

/// A text as it stands in a message: in quotes, without line breaks, not endless.
func quoted(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    let shown = line.prefix(60)
    return "'\(shown)\(shown.utf8.count < text.utf8.count ? "..." : "")'"
}

extension YAMLNode {
    /// What an operator calls this kind of value, with the value where that helps.
    var kindInWords: String {
        switch content {
        case .sequence(let nodes): return nodes.isEmpty ? "an empty list" : "a list"
        case .mapping: return "a mapping"
        case .scalar(let scalar):
            switch value {
            case nil, .null: return "nothing"
            case .boolean: return "the boolean \(scalar.text)"
            case .integer, .float: return "the number \(scalar.text)"
            case .string: return "the text \(quoted(scalar.text))"
            }
        }
    }
}
