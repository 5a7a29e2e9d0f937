import Metrics

extension Parser {
    /// A part of a duration.
    private struct DurationNode {
        var expression: DurationExpression
        var range: Range<Int>
        var depth: Int

        var literal: Double? {
            if case .literal(let seconds, _) = expression { seconds } else { nil }
        }
    }

    /// What fits into 64 bits of nanoseconds: the longest duration that Prometheus knows.
    private static let longestSeconds = 0x1p63 / 1e9

    private static let expectedDuration = "number, duration, step(), or range()"

    func startsDuration(_ kind: Token.Kind) -> Bool {
        switch kind {
        case .number, .duration, .leftParenthesis, .operation(.add), .operation(.subtract): true
        case .keyword(let keyword): [.step, .range, .minOf, .maxOf].contains(keyword)
        default: false
        }
    }

    /// The duration of a range, of a subquery or of its step.
    mutating func windowDuration() throws(Stop) -> DurationExpression {
        let node = try duration(from: 0, in: "subquery or range selector")
        if let seconds = node.literal, seconds <= 0 {
            problem("duration must be greater than 0", node.range)
        }
        return node.expression.normalized
    }

    /// The duration of an offset; nil for none.
    ///
    /// Without brackets around it, an offset is one literal or one call, with a sign or without: `x offset 5m + 2` adds
    /// two to the samples. Only what begins with a parenthesis goes on: `x offset (5m) + 2` is an offset of 302 seconds.
    mutating func offsetDuration() throws(Stop) -> DurationExpression? {
        let context = "offset"
        let node: DurationNode
        switch current.kind {
        case .leftParenthesis: node = try duration(from: 0, in: context)
        case .operation(.add), .operation(.subtract):
            let sign = advance()
            node = signed(sign, try durationOperand(in: context))
        default: node = try durationOperand(in: context)
        }
        if let seconds = node.literal, seconds == 0 { return nil }
        return node.expression.normalized
    }

    /// Operators that bind at least as tightly as `precedence`.
    private mutating func duration(from precedence: Int, in context: String) throws(Stop) -> DurationNode {
        var left: DurationNode
        if current.kind == .operation(.add) || current.kind == .operation(.subtract) {
            let sign = advance()
            try enter(sign)
            left = signed(sign, try duration(from: BinaryOperator.power.precedence, in: context))
            nesting -= 1
        } else {
            left = try durationOperand(in: context)
        }
        while case .operation(let sign) = current.kind, let operation = DurationExpression.Operation(sign),
            sign.precedence >= precedence
        {
            let token = advance()
            try enter(token)
            let right = try duration(from: sign.precedence + (sign == .power ? 0 : 1), in: context)
            nesting -= 1
            if right.literal == 0 && (operation == .divide || operation == .remainder) {
                problem(operation == .divide ? "division by zero" : "modulo by zero", token.range)
            }
            left = DurationNode(
                expression: .operation(operation, left.expression, right.expression),
                range: left.range.lowerBound..<right.range.upperBound,
                depth: try depth(over: left.depth, right.depth, at: token.range)
            )
        }
        return left
    }

    /// Puts a sign before a duration: into a literal, else as a node of its own.
    private mutating func signed(_ sign: Token, _ operand: DurationNode) -> DurationNode {
        var node = operand
        let isNegative = sign.kind == .operation(.subtract)
        node.range = sign.range.lowerBound..<operand.range.upperBound
        if case .literal(let seconds, let isDuration) = operand.expression {
            node.expression = .literal(seconds: isNegative ? -seconds : seconds, isDuration: isDuration)
            return node
        }
        node.expression = isNegative ? .negated(operand.expression) : .plus(operand.expression)
        node.depth += 1
        return node
    }

    private mutating func durationOperand(in context: String) throws(Stop) -> DurationNode {
        switch current.kind {
        case .number, .duration: return durationLiteral()
        case .leftParenthesis: return try durationParentheses(in: context)
        case .keyword(.step), .keyword(.range):
            let name = advance()
            try expectDuration(.leftParenthesis, "\"(\"", in: context)
            try expectDuration(.rightParenthesis, "\")\"", in: context)
            let range = name.range.lowerBound..<previous.range.upperBound
            return DurationNode(expression: name.kind == .keyword(.step) ? .step : .range, range: range, depth: 1)
        case .keyword(.minOf), .keyword(.maxOf), .aggregator(.min), .aggregator(.max):
            return try durationExtreme(in: context)
        default: throw unexpected(in: context, expected: Self.expectedDuration)
        }
    }

    private mutating func durationLiteral() -> DurationNode {
        let token = current
        var seconds = numberOrDuration()
        // Also true for NaN.
        if !(seconds.magnitude <= Self.longestSeconds) {
            problem("duration out of range", token.range)
            seconds = 1
        }
        let literal = DurationExpression.literal(seconds: seconds, isDuration: token.kind == .duration)
        return DurationNode(expression: literal, range: token.range, depth: 1)
    }

    private mutating func durationParentheses(in context: String) throws(Stop) -> DurationNode {
        let opening = advance()
        try enter(opening)
        var node = try duration(from: 0, in: context)
        nesting -= 1
        try expectDuration(.rightParenthesis, "an operator or \")\"", in: context)
        node.range = opening.range.lowerBound..<previous.range.upperBound
        // One pair of parentheses says as much as two.
        if case .parentheses = node.expression { return node }
        node.expression = .parentheses(node.expression)
        node.depth = try depth(over: node.depth, at: opening.range)
        return node
    }

    private mutating func durationExtreme(in context: String) throws(Stop) -> DurationNode {
        let name = advance()
        try enter(name)
        try expectDuration(.leftParenthesis, "\"(\"", in: context)
        let left = try duration(from: 0, in: context)
        try expectDuration(.comma, "\",\"", in: context)
        let right = try duration(from: 0, in: context)
        try expectDuration(.rightParenthesis, "an operator or \")\"", in: context)
        nesting -= 1
        let isMinimum = name.kind == .keyword(.minOf) || name.kind == .aggregator(.min)
        return DurationNode(
            expression: isMinimum
                ? .minimum(left.expression, right.expression) : .maximum(left.expression, right.expression),
            range: name.range.lowerBound..<previous.range.upperBound,
            depth: try depth(over: left.depth, right.depth, at: name.range)
        )
    }

    private mutating func expectDuration(_ kind: Token.Kind, _ name: String, in context: String) throws(Stop) {
        guard accept(kind) else { throw unexpected(in: context, expected: name) }
    }
}

extension DurationExpression.Operation {
    init?(_ operation: BinaryOperator) {
        switch operation {
        case .add: self = .add
        case .subtract: self = .subtract
        case .multiply: self = .multiply
        case .divide: self = .divide
        case .remainder: self = .remainder
        case .power: self = .power
        default: return nil
        }
    }
}

extension DurationExpression {
    /// A literal that stands alone counts as written with units if it is of whole milliseconds: `[300]` is `[5m]`.
    var normalized: DurationExpression {
        guard case .literal(let seconds, _) = self else { return self }
        return .literal(seconds: seconds, isDuration: (seconds * 1_000).rounded() / 1_000 == seconds)
    }
}
