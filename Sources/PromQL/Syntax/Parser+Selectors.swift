import Metrics
import RegularExpressions

extension Parser {
    /// A selector: its name has been read if it has one, braces may follow.
    mutating func selector(named name: Token?) throws(Stop) -> Node {
        let start = (name ?? current).range.lowerBound
        var matchers = current.kind == .leftBrace ? try braces() : []
        let range = start..<previous.range.upperBound
        if let name {
            let text = text(name)
            for matcher in matchers where matcher.name.utf8.elementsEqual(Labels.metricName.utf8) {
                let other = Quoting.text(matcher.value)
                finding("metric name must not be set twice: \(Quoting.text(text)) or \(other)", range)
            }
            matchers.append(LabelMatcher(Labels.metricName, equals: text))
        } else if !matchers.contains(where: { !$0.matches("") }) {
            let message = "vector selector must contain at least one non-empty matcher"
            let problem = ParseError.Problem(message, range, help: "name a metric, or a label that must have a value")
            add(Finding(problem: problem, isAboutEmptySelector: true))
        }
        let selector = VectorSelector(
            name: name.map(text),
            matchers: matchers,
            offset: nil,
            at: nil,
            extent: .plain,
            range: range
        )
        return Node(expression: .vectorSelector(selector), type: .vector, depth: 1)
    }

    /// `{job="api", "a.b"}`.
    mutating func braces() throws(Stop) -> [LabelMatcher] {
        advance()
        var matchers: [LabelMatcher] = []
        while current.kind != .rightBrace {
            if let matcher = try matcher() { matchers.append(matcher) }
            guard accept(.comma) else { break }
        }
        guard accept(.rightBrace) else { throw unexpected(in: "label matching", expected: "\",\" or \"}\"") }
        return matchers
    }

    /// One condition, or a quoted metric name; nil after a problem.
    private mutating func matcher() throws(Stop) -> LabelMatcher? {
        let context = "label matching"
        guard current.kind == .identifier || current.kind == .string else {
            throw unexpected(in: context, expected: "identifier or \"}\"")
        }
        let token = advance()
        let isQuoted = token.kind == .string
        let name = isQuoted ? textContents(token, what: "name") : text(token)
        guard let operation = matchOperation(current.kind) else {
            guard isQuoted else { throw unexpected(in: context, expected: "label matching operator") }
            return LabelMatcher(Labels.metricName, equals: name)
        }
        advance()
        guard current.kind == .string else { throw unexpected(in: context, expected: "string") }
        let value = textContents(advance(), what: "label value")
        do {
            return try LabelMatcher(name, operation, value)
        } catch {
            let range = token.range.lowerBound..<previous.range.upperBound
            problem("error parsing regexp: \(error.reason)", range)
            return nil
        }
    }

    private func matchOperation(_ kind: Token.Kind) -> LabelMatcher.Operation? {
        switch kind {
        case .assign: .equal
        case .operation(.notEqual): .notEqual
        case .matches: .matches
        case .notMatches: .notMatches
        default: nil
        }
    }
}
