extension Shape where Value == String {
    /// Any single value as it is written, as Go's libraries read into a string: `5`, `yes` and `'5'` are all texts.
    public static var string: Self {
        Self("a text") { node, problems in
            guard let scalar = node.scalar else {
                problems.wrongType(node, expected: "a text", help: node.isFlow ? "put it in quotes" : nil)
                return nil
            }
            return node.isNull ? "" : scalar.text
        }
    }

    public static var nonEmptyString: Self {
        string.narrowed(to: "a text that is not empty") { $0.isEmpty ? nil : $0 }
    }
}

extension Shape where Value == PlacedText {
    /// A text whose bytes know their places: expressions, templates.
    public static var placedText: Self {
        Self("a text") { node, problems in
            guard Shape<String>.string.decode(node, problems) != nil else { return nil }
            guard !node.isNull else { return PlacedText(text: "", range: node.range, pieces: []) }
            return PlacedText(node, in: problems.bytes)
        }
    }
}

extension Shape where Value == Bool {
    /// `true` or `false`, and the words YAML 1.1 has for them (`yes`, `off`).
    public static var boolean: Self {
        Self("true or false") { node, problems in
            if case .boolean(let value) = node.value { return value }
            let word = node.scalar.flatMap { YAMLValue.boolean($0.text) }
            if let word, node.scalar?.style == .plain { return word }
            problems.wrongType(node, expected: "true or false", help: word == nil ? nil : "write it without quotes")
            return nil
        }
    }
}

extension Shape where Value == Int {
    public static var integer: Self { integer(in: Int.min...Int.max) }

    public static func integer(in bounds: ClosedRange<Int>) -> Self {
        let expectation =
            switch (bounds.lowerBound, bounds.upperBound) {
            case (.min, .max): "a whole number"
            case (let low, .max): "a whole number of at least \(low)"
            case (.min, let high): "a whole number of at most \(high)"
            case (let low, let high): "a whole number from \(low) to \(high)"
            }
        return Self(expectation) { node, problems in
            let number: Int
            switch node.value {
            case .integer(let value): number = value
            // `1e6` is written for whole numbers too.
            case .float(let value) where value.magnitude < 0x1p63 && Double(Int(value)) == value: number = Int(value)
            default:
                problems.wrongType(node, expected: expectation, help: numberHelp(node))
                return nil
            }
            guard bounds.contains(number) else {
                problems.wrongValue(node, expected: expectation)
                return nil
            }
            return number
        }
    }
}

extension Shape where Value == Double {
    public static var number: Self {
        Self("a number") { node, problems in
            switch node.value {
            case .integer(let value): return Double(value)
            case .float(let value): return value
            default:
                problems.wrongType(node, expected: "a number", help: numberHelp(node))
                return nil
            }
        }
    }
}

private func numberHelp(_ node: YAMLNode) -> String? {
    guard let scalar = node.scalar, scalar.style != .plain else { return nil }
    switch YAMLValue(plain: scalar.text) {
    case .integer, .float: return "write it without quotes"
    default: return nil
    }
}

extension Shape where Value: Sendable {
    /// One of some words.
    public static func choice(_ values: KeyValuePairs<String, Value>) -> Self {
        let words = values.map { $0 }
        let expectation =
            words.count == 1 ? words[0].key : "one of " + words.map(\.key).joined(separator: ", ")
        return Self(expectation) { node, problems in
            guard let text = node.scalar?.text, !node.isNull else {
                problems.wrongType(node, expected: expectation)
                return nil
            }
            if let value = words.first(where: { $0.key.utf8.elementsEqual(text.utf8) }) { return value.value }
            let near = nearest(to: text, among: words.map(\.key))
            problems.wrongValue(node, expected: expectation, help: near.map { "did you mean '\($0)'?" })
            return nil
        }
    }
}

extension Shape where Value: RawRepresentable & CaseIterable & SendableMetatype, Value.RawValue == String {
    /// One of the words an enumeration names.
    public static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        let expectation = "one of " + words.joined(separator: ", ")
        return Self(expectation) { node, problems in
            guard let text = node.scalar?.text, !node.isNull else {
                problems.wrongType(node, expected: expectation)
                return nil
            }
            if let value = Value(rawValue: text) { return value }
            let near = nearest(to: text, among: words)
            problems.wrongValue(node, expected: expectation, help: near.map { "did you mean '\($0)'?" })
            return nil
        }
    }
}
