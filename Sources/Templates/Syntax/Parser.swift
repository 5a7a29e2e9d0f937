/// Reads tokens into nodes.
///
/// Recursive, and so bound by `TemplateLimits.nesting`.
struct Parser {
    let source: TemplateSource
    let functions: TemplateFunctions
    let limits: TemplateLimits
    private let tokens: [Token]
    private var position = 0
    var variables: [String]
    var depth = 0
    private var loops = 0
    private(set) var definitions: [String: [TemplateNode]] = [:]

    /// How a list of nodes ended.
    private enum Ending {
        case end
        case otherwise
        case endOfText
    }

    init(
        _ source: TemplateSource,
        functions: TemplateFunctions,
        variables: [String],
        limits: TemplateLimits
    ) throws(TemplateError) {
        self.source = source
        self.functions = functions
        self.limits = limits
        self.variables = ["$"] + variables
        guard source.bytes.count <= limits.source else {
            throw TemplateError(.limit, "the template is longer than \(limits.source) bytes", at: 0..<0, in: source)
        }
        tokens = Lexer.tokens(of: source.bytes)
    }

    mutating func parse() throws(TemplateError) -> [TemplateNode] {
        let (nodes, ending, last) = try list(isTop: true)
        switch ending {
        case .endOfText: return nodes
        case .end: throw error("unexpected {{end}}", last)
        case .otherwise: throw error("unexpected {{else}}", last)
        }
    }

    // MARK: Nodes

    private mutating func list(
        isTop: Bool = false
    ) throws(TemplateError) -> (nodes: [TemplateNode], ending: Ending, last: Token) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.nesting else {
            throw TemplateError(.limit, "nested deeper than \(limits.nesting) levels", at: peek().range, in: source)
        }
        var nodes: [TemplateNode] = []
        while true {
            let token = next()
            switch token.kind {
            case .end: return (nodes, .endOfText, token)
            case .text: nodes.append(.text(token.text))
            case .error: throw error(token.text, token)
            default:
                // The lexer gives nothing else here than the beginning of an action.
                let first = peekPastSpace()
                guard first.kind == .keyword else {
                    nodes.append(.action(try pipeline("command", until: .rightDelimiter)))
                    continue
                }
                skipSpace()
                _ = next()
                switch first.text {
                case "end":
                    try expect(.rightDelimiter, "end")
                    return (nodes, .end, first)
                case "else":
                    return (nodes, .otherwise, first)
                default: try keyword(first, isTop: isTop, &nodes)
                }
            }
        }
    }

    private mutating func keyword(_ word: Token, isTop: Bool, _ nodes: inout [TemplateNode]) throws(TemplateError) {
        switch word.text {
        case "if": nodes.append(.condition(try branch("if", word)))
        case "with": nodes.append(.with(try branch("with", word)))
        case "range": nodes.append(.range(try branch("range", word)))
        case "template": nodes.append(try templateCall())
        case "block": nodes.append(try block())
        case "define":
            guard isTop else { throw error("unexpected <define> in command", word) }
            try define()
        default:
            try expect(.rightDelimiter, word.text)
            guard loops > 0 else { throw error("{{\(word.text)}} outside {{range}}", word) }
            nodes.append(word.text == "break" ? .breakLoop : .continueLoop)
        }
    }

    private mutating func branch(_ word: String, _ token: Token) throws(TemplateError) -> TemplateNode.Branch {
        let scope = variables.count
        defer { variables.removeLast(variables.count - scope) }
        let pipeline = try pipeline(word, until: .rightDelimiter)
        if word == "range" { loops += 1 }
        let (body, ending, last) = try list()
        if word == "range" { loops -= 1 }
        var otherwise: [TemplateNode]?
        switch ending {
        case .endOfText: throw error("unexpected EOF", last)
        case .end: break
        case .otherwise: otherwise = try elseBranch(of: word)
        }
        return TemplateNode.Branch(pipeline: pipeline, body: body, otherwise: otherwise, range: token.range)
    }

    /// What stands behind `else`: a list of nodes, or another `if` or `with` that ends with the first one's end.
    private mutating func elseBranch(of word: String) throws(TemplateError) -> [TemplateNode] {
        let following = peekPastSpace()
        if following.kind == .keyword, following.text == word, word != "range" {
            skipSpace()
            _ = next()
            depth += 1
            defer { depth -= 1 }
            guard depth <= limits.nesting else {
                throw TemplateError(
                    .limit,
                    "nested deeper than \(limits.nesting) levels",
                    at: following.range,
                    in: source
                )
            }
            let branch = try branch(word, following)
            return [word == "if" ? .condition(branch) : .with(branch)]
        }
        try expect(.rightDelimiter, "else")
        let (nodes, ending, last) = try list()
        switch ending {
        case .end: return nodes
        case .otherwise: throw error("expected end; found {{else}}", last)
        case .endOfText: throw error("unexpected EOF", last)
        }
    }

    private mutating func templateCall() throws(TemplateError) -> TemplateNode {
        let (name, place) = try templateName("template clause")
        var data: Pipeline?
        if peekPastSpace().kind == .rightDelimiter {
            try expect(.rightDelimiter, "template clause")
        } else {
            data = try pipeline("template clause", until: .rightDelimiter)
        }
        return .call(name: name, data: data, range: place)
    }

    private mutating func block() throws(TemplateError) -> TemplateNode {
        let (name, place) = try templateName("block clause")
        let data = try pipeline("block clause", until: .rightDelimiter)
        try addDefinition(name, place, "block clause")
        return .call(name: name, data: data, range: place)
    }

    private mutating func define() throws(TemplateError) {
        let (name, place) = try templateName("define clause")
        try expect(.rightDelimiter, "define clause")
        try addDefinition(name, place, "define clause")
    }

    /// The body of a template within this text. It sees no variables but its own.
    private mutating func addDefinition(
        _ name: String,
        _ place: Range<Int>,
        _ context: String
    ) throws(TemplateError) {
        let outer = (variables, loops)
        (variables, loops) = (["$"], 0)
        let (nodes, ending, last) = try list()
        (variables, loops) = outer
        switch ending {
        case .end: break
        case .otherwise: throw error("unexpected {{else}} in \(context)", last)
        case .endOfText: throw error("unexpected EOF", last)
        }
        // A definition of nothing but blanks does not replace another, nor is it replaced in vain.
        if let former = definitions[name], !former.isBlank {
            guard nodes.isBlank else {
                throw TemplateError(
                    .parsing,
                    "template: multiple definition of template \(Quoting.quoted(name))",
                    at: place,
                    in: source
                )
            }
        } else {
            definitions[name] = nodes
        }
    }

    private mutating func templateName(_ context: String) throws(TemplateError) -> (name: String, place: Range<Int>) {
        skipSpace()
        let token = next()
        switch token.kind {
        case .rawString: return (StringLiteral.raw(token.text), token.range)
        case .string:
            guard let text = StringLiteral.string(token.text) else { throw error("invalid syntax", token) }
            return (text, token.range)
        default: throw unexpected(token, context)
        }
    }

    // MARK: Tokens

    /// Past the end there is the end.
    func peek() -> Token { tokens[Swift.min(position, tokens.count - 1)] }

    func peekPastSpace() -> Token {
        let token = peek()
        guard token.kind == .space else { return token }
        return tokens[Swift.min(position + 1, tokens.count - 1)]
    }

    mutating func next() -> Token {
        let token = peek()
        position += 1
        return token
    }

    mutating func skipSpace() {
        if peek().kind == .space { position += 1 }
    }

    mutating func rewind(to former: Int) { position = former }

    var mark: Int { position }

    mutating func expect(_ kind: Token.Kind, _ context: String) throws(TemplateError) {
        skipSpace()
        let token = next()
        guard token.kind == kind else { throw unexpected(token, context) }
    }

    func unexpected(_ token: Token, _ context: String) -> TemplateError {
        error(token.kind == .error ? token.text : "unexpected \(token.described) in \(context)", token)
    }

    func error(_ message: String, _ token: Token, help: String? = nil) -> TemplateError {
        TemplateError(.parsing, message, at: token.range, help: help, in: source)
    }
}

extension [TemplateNode] {
    /// Whether it prints nothing but blanks.
    fileprivate var isBlank: Bool {
        allSatisfy { node in
            guard case .text(let text) = node else { return false }
            return text.allSatisfy(\.isWhitespace)
        }
    }
}
