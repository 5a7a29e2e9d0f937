import Metrics

extension BinaryOperator {
    /// How tightly the operator binds; `^` to the right, all others to the left.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .trimUpper, .trimLower: 3
        case .add, .subtract: 4
        case .multiply, .divide, .remainder, .arcTangent: 5
        case .power: 6
        }
    }
}

extension Parser {
    mutating func expression() throws(Stop) -> Node {
        try expression(from: BinaryOperator.or.precedence)
    }

    /// An expression of operators that bind at least this tightly.
    private mutating func expression(from precedence: Int) throws(Stop) -> Node {
        var left = try operand()
        while case .operation(let operation) = current.kind, operation.precedence >= precedence {
            left = try binary(left, operation)
        }
        return left
    }

    private mutating func binary(_ left: Node, _ operation: BinaryOperator) throws(Stop) -> Node {
        let sign = advance()
        var modifiers = try binaryModifiers()
        modifiers.range = sign.range.lowerBound..<previous.range.upperBound
        let right: Node
        if operation == .power {
            try enter(sign)
            right = try expression(from: operation.precedence)
            nesting -= 1
        } else {
            right = try expression(from: operation.precedence + 1)
        }
        check(left, operation, modifiers, right)
        let node = BinaryOperation(
            operation: operation,
            left: left.expression,
            right: right.expression,
            matching: matching(left, operation, modifiers, right),
            returnsBool: modifiers.returnsBool,
            range: left.expression.range.lowerBound..<right.expression.range.upperBound
        )
        return Node(
            expression: .binary(node),
            type: left.type == .scalar && right.type == .scalar ? .scalar : .vector,
            depth: try depth(over: left.depth, right.depth, at: sign.range)
        )
    }

    /// What stands between operators: a signed operand, or one with its modifiers.
    private mutating func operand() throws(Stop) -> Node {
        guard case .operation(let operation) = current.kind, operation == .add || operation == .subtract else {
            return try modified(try primary())
        }
        let sign = advance()
        try enter(sign)
        // Only `^` binds more tightly than a sign.
        let node = try expression(from: BinaryOperator.power.precedence)
        nesting -= 1
        let isNegation = operation == .subtract
        let range = sign.range.lowerBound..<node.expression.range.upperBound
        if case .number(var literal) = node.expression {
            literal.value = isNegation ? -literal.value : literal.value
            literal.range = range
            return Node(expression: .number(literal), type: node.type, depth: node.depth)
        }
        checkSign(node, range)
        let unary = UnaryOperation(isNegation: isNegation, expression: node.expression, range: range)
        return Node(expression: .unary(unary), type: node.type, depth: try depth(over: node.depth, at: sign.range))
    }

    private mutating func primary() throws(Stop) -> Node {
        switch current.kind {
        case .number, .duration: return number()
        case .string: return string()
        case .leftParenthesis: return try parentheses()
        case .leftBrace: return try selector(named: nil)
        case .aggregator(let operation):
            let name = advance()
            if startsAggregation(current.kind) { return try aggregation(operation, name) }
            bareAggregatorEnd = name.range.upperBound
            return try selector(named: name)
        case .identifier, .keyword(.start), .keyword(.end), .keyword(.step), .keyword(.range), .keyword(.minOf),
            .keyword(.maxOf):
            let name = advance()
            return current.kind == .leftParenthesis ? try call(name) : try selector(named: name)
        case let kind where kind.mayNameMetric: return try selector(named: advance())
        default: throw unexpected(expected: "an expression")
        }
    }

    private mutating func parentheses() throws(Stop) -> Node {
        let opening = advance()
        try enter(opening)
        let inner = try expression()
        nesting -= 1
        guard accept(.rightParenthesis) else { throw unexpected(expected: "an operator or \")\"") }
        let range = opening.range.lowerBound..<previous.range.upperBound
        return Node(
            expression: .parentheses(Parentheses(expression: inner.expression, range: range)),
            type: inner.type,
            depth: try depth(over: inner.depth, at: opening.range)
        )
    }

    private mutating func string() -> Node {
        let token = advance()
        let bytes = contents(token)
        let text = String(validating: bytes, as: UTF8.self)
        let literal = StringLiteral(
            value: text ?? String(decoding: bytes, as: UTF8.self),
            invalidBytes: text == nil ? bytes : nil,
            range: token.range
        )
        return Node(expression: .string(literal), type: .string, depth: 1)
    }

    private mutating func number() -> Node {
        let token = current
        let value = numberOrDuration()
        let literal = NumberLiteral(value: value, isDuration: token.kind == .duration, range: token.range)
        return Node(expression: .number(literal), type: .scalar, depth: 1)
    }

    /// Takes a number or a duration; its value, a duration's in seconds. 1 after a problem: it is sound everywhere.
    mutating func numberOrDuration() -> Double {
        let token = advance()
        if token.kind == .duration {
            do {
                return try Milliseconds(promQL: text(token)).seconds
            } catch {
                problem("\(error)", token.range)
                return 1
            }
        }
        switch NumberReading.number(text(token)) {
        case .success(let value): return value
        case .failure(let refusal):
            problem("\(refusal)", token.range)
            return 1
        }
    }
}
