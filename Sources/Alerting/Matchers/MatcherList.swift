public import Metrics
import RegularExpressions

/// Conditions that must all hold, written as Alertmanager writes them: `{severity="page",team=~"db|web"}`.
public struct MatcherList: Hashable, Sendable {
    /// In the order in which Alertmanager sorts them: by name, value and operation.
    public let matchers: [LabelMatcher]

    public init(_ matchers: [LabelMatcher] = []) {
        self.matchers = matchers.sorted(by: Self.precedes)
    }

    public var isEmpty: Bool { matchers.isEmpty }

    /// Whether all conditions hold; a list without any holds for everything.
    public func matches(_ labels: Labels) -> Bool { matchers.allSatisfy { $0.matches(labels) } }

    private static func precedes(_ left: LabelMatcher, _ right: LabelMatcher) -> Bool {
        if !left.name.utf8.elementsEqual(right.name.utf8) {
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        if !left.value.utf8.elementsEqual(right.value.utf8) {
            return left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
        }
        return left.operation.rank < right.operation.rank
    }
}

extension MatcherList: CustomStringConvertible {
    public var description: String { "{\(matchers.map(\.matcherText).joined(separator: ","))}" }
}

extension LabelMatcher {
    /// The matcher as Alertmanager prints it, in group keys and messages.
    public var matcherText: String {
        let isPlain = !name.isEmpty && !name.unicodeScalars.contains { UnicodeMatcherLexer.isReserved($0) }
        return "\(isPlain ? name : Labels.quoted(name))\(operation.rawValue)\"\(Self.escaped(value))\""
    }

    /// Whether the condition holds for a label that is not there.
    public var matchesEmpty: Bool { matches("") }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"": result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func make(_ name: String, _ operation: Operation, _ value: String) throws(MatcherError) -> LabelMatcher {
        do throws(PatternError) {
            // Compiled as Alertmanager does, whose complaints show the anchors.
            if operation == .matches || operation == .notMatches { _ = try Pattern("^(?:\(value))$", anchored: false) }
            return try LabelMatcher(name, operation, value)
        } catch {
            throw MatcherError(error.goReason)
        }
    }
}

extension LabelMatcher.Operation {
    /// The place of the operation in Alertmanager's order.
    var rank: Int {
        switch self {
        case .equal: 0
        case .notEqual: 1
        case .matches: 2
        case .notMatches: 3
        }
    }
}
