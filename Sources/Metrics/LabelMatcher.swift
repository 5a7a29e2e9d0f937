public import RegularExpressions

/// A condition on one label, as selectors, routes and silences use it. A label that a set lacks counts as empty.
public struct LabelMatcher: Sendable {
    public enum Operation: String, Hashable, Sendable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case notMatches = "!~"
    }

    public let name: String
    public let operation: Operation
    public let value: String
    /// The compiled form of a regular expression; nil for the plain comparisons.
    public let expression: LabelExpression?

    /// A regular expression is compiled here, anchored at both ends.
    public init(_ name: String, _ operation: Operation, _ value: String) throws(PatternError) {
        self.name = name
        self.operation = operation
        self.value = value
        switch operation {
        case .equal, .notEqual: expression = nil
        case .matches, .notMatches: expression = try LabelExpression(value)
        }
    }

    /// The condition that a label has exactly this value.
    public init(_ name: String, equals value: String) {
        self.name = name
        operation = .equal
        self.value = value
        expression = nil
    }

    /// Whether the condition holds for a label of this value.
    public func matches(_ text: String) -> Bool {
        switch operation {
        case .equal: text.utf8.elementsEqual(value.utf8)
        case .notEqual: !text.utf8.elementsEqual(value.utf8)
        case .matches: expression?.matches(text) ?? false
        case .notMatches: !(expression?.matches(text) ?? false)
        }
    }

    /// Whether the condition holds for the set.
    public func matches(_ labels: Labels) -> Bool { matches(labels[name] ?? "") }
}

extension LabelMatcher: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.operation == right.operation && left.name.utf8.elementsEqual(right.name.utf8)
            && left.value.utf8.elementsEqual(right.value.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(operation)
        hasher.combine(value)
    }
}

extension LabelMatcher: CustomStringConvertible {
    public var description: String {
        let key = Labels.isPlainLabelName(name) ? name : Labels.quoted(name)
        return "\(key)\(operation.rawValue)\(Labels.quoted(value))"
    }
}
