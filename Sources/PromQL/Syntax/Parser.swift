/// Reads a PromQL expression.
///
/// - Complexity: linear in the length of the text.
public func parse(_ text: String, options: ParseOptions = .all) throws(ParseError) -> Expression {
    var parser = try Parser(text, options: options)
    do {
        let result = try parser.wholeExpression()
        parser.problems += parser.findings.map(\.problem)
        if parser.problems.isEmpty { return result }
    } catch {
        // The parser has noted why it stopped.
    }
    throw ParseError(problems: parser.problems)
}

/// Reads tokens with one token of foresight and builds the tree bottom up, types included.
///
/// Two lists of problems: those of the text, which Prometheus reports alone, and those of types and meanings, which it
/// looks for only in a text that is otherwise sound. A problem in the order of tokens ends the reading; after any
/// other it goes on, with a stand-in that no caller ever sees.
struct Parser {
    /// The text makes no sense from here on; `problems` says why.
    struct Stop: Error {}

    /// A part of the tree and what its parent needs to know of it.
    struct Node {
        var expression: Expression
        /// Nil where a problem hides the type.
        var type: ValueType?
        /// The number of nodes from here to the farthest leaf.
        var depth: Int
    }

    /// A problem of meaning.
    struct Finding {
        var problem: ParseError.Problem
        /// Whether it is about a selector that would select everything, which `info` allows.
        var isAboutEmptySelector = false
    }

    /// How many problems of either kind are told: more than anybody reads, few enough that a hostile text costs little.
    private static let problemsMax = 100

    var lexer: Lexer
    let options: ParseOptions
    var current: Token
    var previous = Token(kind: .end, range: 0..<0)
    var problems: [ParseError.Problem] = []
    var findings: [Finding] = []
    var nesting = 0
    /// Whether an aggregation's parentheses are open, which messages mention.
    var isInAggregation = false
    /// Where an aggregation's name that was taken for a metric's ends.
    var bareAggregatorEnd: Int?

    init(_ text: String, options: ParseOptions) throws(ParseError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= options.lengthMax else {
            let message = "query of \(bytes.count) bytes is too long, expected at most \(options.lengthMax)"
            throw ParseError(problems: [ParseError.Problem(message, 0..<bytes.count)])
        }
        lexer = Lexer(bytes)
        self.options = options
        current = lexer.next()
    }

    mutating func wholeExpression() throws(Stop) -> Expression {
        if current.kind == .end {
            throw stop("no expression found in input", 0..<0)
        }
        let node = try expression()
        guard current.kind == .end else { throw unexpected(expected: "an operator or end of input") }
        return node.expression
    }
}

// MARK: Tokens

extension Parser {
    /// Takes the current token and reads the next.
    @discardableResult
    mutating func advance() -> Token {
        previous = current
        if current.kind != .end && current.kind != .failure { current = lexer.next() }
        return previous
    }

    /// Takes the current token if it is of this kind.
    mutating func accept(_ kind: Token.Kind) -> Bool {
        guard current.kind == kind else { return false }
        advance()
        return true
    }

    func text(_ token: Token) -> String { lexer.text(token.range) }

    /// The contents of a string token, as bytes.
    func contents(_ token: Token) -> [UInt8] { Quoting.unquoted(lexer.bytes[token.range]) }

    /// The contents of a string token as text; a problem where it is none.
    mutating func textContents(_ token: Token, what: String) -> String {
        let bytes = contents(token)
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        problem("\(what) \(Quoting.text(bytes)) is not valid UTF-8", token.range)
        return String(decoding: bytes, as: UTF8.self)
    }
}

// MARK: Problems

extension Parser {
    /// Notes a problem of the text that does not stop the reading.
    mutating func problem(_ message: String, _ range: Range<Int>, help: String? = nil) {
        guard problems.count < Self.problemsMax else { return }
        problems.append(ParseError.Problem(message, range, help: help))
    }

    /// Notes a problem of meaning.
    mutating func finding(_ message: String, _ range: Range<Int>, help: String? = nil) {
        add(Finding(problem: ParseError.Problem(message, range, help: help)))
    }

    mutating func add(_ finding: Finding) {
        if findings.count < Self.problemsMax { findings.append(finding) }
    }

    /// Notes a problem that ends the reading.
    mutating func stop(_ message: String, _ range: Range<Int>, help: String? = nil) -> Stop {
        problem(message, range, help: help)
        return Stop()
    }

    /// Notes that the current token cannot stand here.
    mutating func unexpected(in context: String? = nil, expected: String) -> Stop {
        var context = context
        var expected = expected
        if let end = bareAggregatorEnd, end == previous.range.upperBound {
            context = "aggregation"
            expected = "\"by\", \"without\" or \"(\""
        }
        // What is missing before a parenthesis says more than that the parenthesis is one too many.
        if current.kind == .failure && (context == nil || !lexer.endedAtParenthesis) {
            return stop(lexer.failureMessage, current.range)
        }
        if context == nil && isInAggregation { context = "aggregation" }
        let place = context.map { " in \($0)" } ?? ""
        return stop("unexpected \(describe(current))\(place), expected \(expected)", current.range)
    }

    /// The token as Prometheus's messages name it.
    func describe(_ token: Token) -> String {
        let text = text(token)
        return switch token.kind {
        case .end: "end of input"
        case .identifier: "identifier \(Quoting.text(text))"
        case .metricIdentifier: "metric identifier \(Quoting.text(text))"
        case .string: "string \(shortened(text))"
        case .number: "number \(shortened(text))"
        case .duration: "duration \(shortened(text))"
        case .operation, .matches, .notMatches, .at: "<op:\(text)>"
        case .aggregator: "<aggr:\(text)>"
        case .keyword(let keyword) where keyword.isModifier: "<\(text)>"
        default: Quoting.text(text)
        }
    }

    private func shortened(_ text: String) -> String {
        guard text.utf8.count > 10 else { return Quoting.text(text) }
        return Quoting.text(String(String.UnicodeScalarView(text.unicodeScalars.prefix(10)))) + "..."
    }
}

// MARK: Limits

extension Parser {
    /// Enters a bracket, a call or a sign; `nesting` is to be counted down when it is left.
    mutating func enter(_ token: Token) throws(Stop) {
        nesting += 1
        guard nesting <= options.nestingMax else {
            let message = "expression is nested too deeply, expected at most \(options.nestingMax) levels"
            throw stop(message, token.range)
        }
    }

    /// The depth of a node over nodes of these depths.
    mutating func depth(over children: Int..., at range: Range<Int>) throws(Stop) -> Int {
        let depth = 1 + (children.max() ?? 0)
        guard depth <= options.depthMax else {
            let message = "expression has too many operations within each other, expected at most \(options.depthMax)"
            throw stop(message, range)
        }
        return depth
    }

    /// A stand-in for what a problem keeps from being built.
    func placeholder(_ range: Range<Int>, type: ValueType? = nil) -> Node {
        Node(expression: .number(NumberLiteral(value: 0, isDuration: false, range: range)), type: type, depth: 1)
    }
}
