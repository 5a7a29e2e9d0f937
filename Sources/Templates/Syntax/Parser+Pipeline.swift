extension Parser {
    /// Reads to the closing braces or parenthesis, and over them.
    mutating func pipeline(_ context: String, until end: Token.Kind) throws(TemplateError) -> Pipeline {
        let start = peekPastSpace()
        let (declared, isAssignment) = try declarations(context)
        var commands: [Command] = []
        while true {
            skipSpace()
            let token = peek()
            switch token.kind {
            case end:
                _ = next()
                try check(commands, context, token)
                return Pipeline(
                    variables: declared,
                    isAssignment: isAssignment,
                    commands: commands,
                    range: start.range.lowerBound..<(commands.last?.range.upperBound ?? start.range.upperBound),
                    end: token.range.upperBound
                )
            case .boolean, .character, .dot, .field, .identifier, .number, .null, .rawString, .string, .variable,
                .leftParenthesis:
                commands.append(try command())
            default: throw unexpected(token, context)
            }
        }
    }

    /// `$x :=`, `$x =`, and in a range also `$i, $x :=`.
    private mutating func declarations(
        _ context: String
    ) throws(TemplateError) -> (variables: [String], isAssignment: Bool) {
        var declared: [String] = []
        while true {
            skipSpace()
            let start = mark
            guard peek().kind == .variable else { return (declared, false) }
            let variable = next()
            skipSpace()
            let following = peek()
            switch following.kind {
            case .declare, .assign:
                _ = next()
                declared.append(variable.text)
                variables += declared
                return (declared, following.kind == .assign)
            case .comma:
                guard context == "range", declared.isEmpty else {
                    throw error("too many declarations in \(context)", following)
                }
                _ = next()
                declared.append(variable.text)
                guard peekPastSpace().kind == .variable else {
                    throw error("range can only initialize variables", peekPastSpace())
                }
            default:
                guard declared.isEmpty else { throw unexpected(following, context) }
                rewind(to: start)
                return ([], false)
            }
        }
    }

    private func check(_ commands: [Command], _ context: String, _ end: Token) throws(TemplateError) {
        guard !commands.isEmpty else { throw error("missing value for \(context)", end) }
        for (stage, command) in commands.enumerated().dropFirst() {
            switch command.operands[0].kind {
            case .boolean, .dot, .null, .number, .string:
                throw TemplateError(
                    .parsing,
                    "non executable command in pipeline stage \(stage + 1)",
                    at: command.range,
                    in: source
                )
            default: break
            }
        }
    }

    private mutating func command() throws(TemplateError) -> Command {
        var operands: [Operand] = []
        while true {
            skipSpace()
            if let operand = try operand() { operands.append(operand) }
            let token = peek()
            switch token.kind {
            case .space: continue
            case .rightDelimiter, .rightParenthesis: break
            case .pipe: _ = next()
            default: throw unexpected(token, "operand")
            }
            guard let first = operands.first, let last = operands.last else { throw error("empty command", token) }
            return Command(operands: operands, range: first.range.lowerBound..<last.range.upperBound)
        }
    }

    /// A term and the fields behind it.
    private mutating func operand() throws(TemplateError) -> Operand? {
        guard let term = try term() else { return nil }
        var fields: [String] = []
        var end = term.range.upperBound
        while peek().kind == .field {
            let token = next()
            fields.append(String(token.text.dropFirst()))
            end = token.range.upperBound
        }
        guard !fields.isEmpty else { return term }
        let range = term.range.lowerBound..<end
        // Go gives the place of the first field.
        let mark = term.range.upperBound
        switch term.kind {
        case .field(let first): return Operand(kind: .field(first + fields), range: range, mark: mark)
        case .variable(let name, _): return Operand(kind: .variable(name, fields: fields), range: range, mark: mark)
        case .boolean, .string, .number, .null, .dot:
            let text = String(decoding: source.bytes[term.range], as: UTF8.self)
            throw TemplateError(.parsing, "unexpected . after term \(Quoting.quoted(text))", at: range, in: source)
        default: return Operand(kind: .chain(term, fields: fields), range: range, mark: mark)
        }
    }

    private mutating func term() throws(TemplateError) -> Operand? {
        let token = peek()
        let kind: Operand.Kind
        switch token.kind {
        case .identifier:
            guard let function = functions[token.text] else {
                let help = TemplateError.suggestion(for: token.text, among: functions.names)
                throw error("function \(Quoting.quoted(token.text)) not defined", token, help: help)
            }
            kind = .function(token.text, function)
        case .dot: kind = .dot
        case .null: kind = .null
        case .boolean: kind = .boolean(token.text == "true")
        case .variable:
            try use(token.text, token)
            kind = .variable(token.text, fields: [])
        case .field: kind = .field([String(token.text.dropFirst())])
        case .number:
            guard let number = NumberLiteral(token.text) else {
                let isInteger = Double(token.text) != nil
                let kind = isInteger ? "integer overflow" : "illegal number syntax"
                throw error("\(kind): \(Quoting.quoted(token.text))", token)
            }
            kind = .number(number)
        case .character:
            guard let character = StringLiteral.character(token.text) else {
                throw error("malformed character constant: \(token.text)", token)
            }
            kind = .number(NumberLiteral(character: character))
        case .string:
            guard let text = StringLiteral.string(token.text) else { throw error("invalid syntax", token) }
            kind = .string(text)
        case .rawString: kind = .string(StringLiteral.raw(token.text))
        case .leftParenthesis: return try parenthesized(token)
        default: return nil
        }
        _ = next()
        return Operand(kind: kind, range: token.range, mark: token.range.lowerBound)
    }

    private mutating func parenthesized(_ token: Token) throws(TemplateError) -> Operand {
        _ = next()
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.nesting else {
            throw TemplateError(.limit, "nested deeper than \(limits.nesting) levels", at: token.range, in: source)
        }
        let inner = try pipeline("parenthesized pipeline", until: .rightParenthesis)
        return Operand(
            kind: .parenthesized(inner),
            range: token.range.lowerBound..<inner.end,
            mark: inner.range.lowerBound
        )
    }

    private func use(_ name: String, _ token: Token) throws(TemplateError) {
        guard variables.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
            let help = TemplateError.suggestion(for: name, among: variables)
            throw error("undefined variable \(Quoting.quoted(name))", token, help: help)
        }
    }
}
