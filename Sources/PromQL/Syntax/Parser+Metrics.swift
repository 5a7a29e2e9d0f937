public import Metrics

/// Reads a selector alone, `up{job=~"api|web"}`, into its conditions. One on the metric's name comes last.
public func parseSelector(_ text: String, options: ParseOptions = .all) throws(ParseError) -> [LabelMatcher] {
    var parser = try Parser(text, options: options)
    do {
        let matchers = try parser.wholeSelector()
        if parser.problems.isEmpty { return matchers }
    } catch {
        // The parser has noted why it stopped.
    }
    throw ParseError(problems: parser.problems)
}

/// Reads the description of one series: `up{job="api"}`, `{"a.b", "x y"="z"}`, `up`.
public func parseMetric(_ text: String, options: ParseOptions = .all) throws(ParseError) -> Labels {
    var parser = try Parser(text, options: options)
    do {
        let labels = try parser.metric()
        guard parser.current.kind == .end else { throw parser.unexpected(expected: "end of input") }
        if parser.problems.isEmpty { return labels }
    } catch {
        // The parser has noted why it stopped.
    }
    throw ParseError(problems: parser.problems)
}

/// Reads the description of a series at the beginning of a text that goes on otherwise, such as `up{job="api"} 1 2 3`.
///
/// - Returns: the labels, and the byte of `text` behind the description.
public func parseMetric(
    prefixOf text: String,
    options: ParseOptions = .all
) throws(ParseError) -> (labels: Labels, end: Int) {
    var parser = try Parser(text, options: options)
    do {
        let labels = try parser.metric(isPrefix: true)
        if parser.problems.isEmpty { return (labels, parser.previous.range.upperBound) }
    } catch {
        // The parser has noted why it stopped.
    }
    throw ParseError(problems: parser.problems)
}

extension Parser {
    mutating func wholeSelector() throws(Stop) -> [LabelMatcher] {
        guard current.kind == .leftBrace || current.kind.mayNameMetric else {
            throw unexpected(expected: "a selector")
        }
        let name = current.kind == .leftBrace ? nil : advance()
        let node = try selector(named: name)
        guard current.kind == .end else { throw unexpected(expected: "end of input") }
        guard case .vectorSelector(let selector) = node.expression else { return [] }
        return selector.matchers
    }

    /// A name, labels in braces, or both. In a prefix the braces must follow the name at once.
    mutating func metric(isPrefix: Bool = false) throws(Stop) -> Labels {
        guard current.kind == .leftBrace || current.kind.mayNameMetric else {
            throw unexpected(expected: "a metric")
        }
        var builder = LabelsBuilder()
        var name: Token?
        if current.kind != .leftBrace { name = advance() }
        let isAdjacent = current.range.lowerBound == previous.range.upperBound
        if current.kind == .leftBrace && (name == nil || !isPrefix || isAdjacent) {
            try labelSet(&builder)
        }
        if let name { builder.set(Labels.metricName, text(name)) }
        return builder.build()
    }

    private mutating func labelSet(_ builder: inout LabelsBuilder) throws(Stop) {
        let context = "label set"
        advance()
        while current.kind != .rightBrace {
            guard current.kind == .identifier || current.kind == .string else {
                throw unexpected(in: context, expected: "identifier or \"}\"")
            }
            let token = advance()
            let name = token.kind == .string ? textContents(token, what: "name") : text(token)
            if accept(.assign) {
                guard current.kind == .string else { throw unexpected(in: context, expected: "string") }
                builder.set(name, textContents(advance(), what: "label value"))
            } else if token.kind == .string {
                builder.set(Labels.metricName, name)
            } else {
                throw unexpected(in: context, expected: "\"=\"")
            }
            // The token behind the brace may belong to another language.
            guard current.kind == .comma else { break }
            advance()
        }
        guard current.kind == .rightBrace else { throw unexpected(in: context, expected: "\",\" or \"}\"") }
        advance()
    }
}
