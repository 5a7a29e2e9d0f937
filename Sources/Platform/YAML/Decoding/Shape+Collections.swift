/// A key and its value, both with their places.
public struct YAMLPair<Value> {
    public let key: Placed<String>
    public let value: Value
}

extension YAMLPair: Sendable where Value: Sendable {}
extension YAMLPair: Equatable where Value: Equatable {}

extension Shape {
    /// A list; elements that are wrong are told one by one.
    public static func list<Element>(of element: Shape<Element>) -> Shape<[Element]> where Value == [Element] {
        let expectation = "a list, each \(element.expectation)"
        return Shape<[Element]>(expectation) { node, problems in
            guard let nodes = node.sequence else {
                let help = node.isNull ? nil : "put '- ' before it"
                problems.wrongType(
                    node,
                    expected: expectation,
                    help: node.mapping == nil ? help : "begin each with '- '"
                )
                return nil
            }
            let values = nodes.compactMap { element.decode($0, problems) }
            return values.count == nodes.count ? values : nil
        }
    }

    /// A mapping whose keys are free, in the order of the file.
    public static func map<Element>(
        of element: Shape<Element>
    ) -> Shape<[YAMLPair<Element>]> where Value == [YAMLPair<Element>] {
        let expectation = "a mapping, each value \(element.expectation)"
        return Shape<[YAMLPair<Element>]>(expectation) { node, problems in
            guard let mapping = node.mapping else {
                problems.wrongType(node, expected: expectation)
                return nil
            }
            let pairs = mapping.entries.compactMap { entry in
                element.decode(entry.value, problems).map {
                    YAMLPair(key: Placed(entry.key, range: entry.keyRange), value: $0)
                }
            }
            return pairs.count == mapping.entries.count ? pairs : nil
        }
    }

    /// A mapping with known keys. Keys that `build` did not ask for are told to be unknown. Returns nil when anything in the
    /// mapping was wrong.
    public static func structure(
        _ expectation: String,
        _ build: @escaping @Sendable (_ fields: inout Fields) -> Value?
    ) -> Self {
        Self(expectation) { node, problems in
            guard let mapping = node.mapping else {
                problems.wrongType(node, expected: expectation + " (a mapping)")
                return nil
            }
            var fields = Fields(node, mapping, problems)
            let value = build(&fields)
            fields.finish()
            return fields.isSound ? value : nil
        }
    }

    /// A value that may be written in several ways, told apart by the kind of node.
    public static func either(
        scalar: Shape? = nil,
        list: Shape? = nil,
        mapping: Shape? = nil
    ) -> Self {
        let shapes = [scalar, list, mapping].compactMap { $0 }
        let expectation = shapes.map(\.expectation).joined(separator: ", or ")
        return Self(expectation) { node, problems in
            let shape =
                switch node.content {
                case .scalar: scalar
                case .sequence: list
                case .mapping: mapping
                }
            if let shape { return shape.decode(node, problems) }
            problems.wrongType(node, expected: expectation)
            return nil
        }
    }

    /// A shape that refers to itself, such as a route with routes in it.
    public static func recursive(_ expectation: String, _ shape: @escaping @Sendable () -> Shape) -> Self {
        Self(expectation) { node, problems in shape().decode(node, problems) }
    }
}
