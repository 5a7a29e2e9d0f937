import Diagnostics

// MARK: Functions

extension Parser {
    /// A call, from its opening parenthesis on.
    mutating func call(_ name: Token) throws(Stop) -> Node {
        let findingsBefore = findings.count
        let arguments = try arguments()
        let range = name.range.lowerBound..<previous.range.upperBound
        guard let function = Function(rawValue: text(name)) else {
            let help = nearest(text(name), in: Function.allCases.map(\.rawValue)).map { "did you mean \"\($0)\"?" }
            problem("unknown function with name \(Quoting.text(text(name)))", name.range, help: help)
            return placeholder(range)
        }
        check(function, arguments, range, findingsBefore: findingsBefore)
        let depth = try depth(over: arguments.map(\.depth).max() ?? 0, at: name.range)
        let call = Call(function: function, arguments: arguments.map(\.expression), range: range)
        return Node(expression: .call(call), type: function.returnType, depth: depth)
    }

    /// `(expression, expression)`.
    private mutating func arguments() throws(Stop) -> [Node] {
        let opening = advance()
        try enter(opening)
        defer { nesting -= 1 }
        var arguments: [Node] = []
        if accept(.rightParenthesis) { return arguments }
        while true {
            arguments.append(try expression())
            guard accept(.comma) else { break }
            if current.kind == .rightParenthesis {
                problem("trailing commas not allowed in function call args", previous.range)
                break
            }
        }
        guard accept(.rightParenthesis) else { throw unexpected(expected: "an operator, \",\" or \")\"") }
        return arguments
    }
}

// MARK: Aggregations

extension Parser {
    func startsAggregation(_ kind: Token.Kind) -> Bool {
        kind == .leftParenthesis || kind == .keyword(.by) || kind == .keyword(.without)
    }

    /// An aggregation behind its name. The grouping stands before the parentheses or behind them.
    mutating func aggregation(_ operation: AggregationOperator, _ name: Token) throws(Stop) -> Node {
        var grouping = try grouping()
        guard current.kind == .leftParenthesis else {
            throw unexpected(in: "aggregation", expected: "\"(\"")
        }
        let findingsBefore = findings.count
        let wasInAggregation = isInAggregation
        isInAggregation = true
        let arguments = try arguments()
        isInAggregation = wasInAggregation
        if grouping == nil {
            grouping = try self.grouping()
        }
        let range = name.range.lowerBound..<previous.range.upperBound
        let wanted = operation.takesParameter ? 2 : 1
        guard arguments.count == wanted, let last = arguments.last else {
            let message =
                arguments.isEmpty
                ? "no arguments for aggregate expression provided"
                : "wrong number of arguments for aggregate expression provided, expected \(wanted), got \(arguments.count)"
            problem(message, range, help: aggregationHelp(operation, arguments.count))
            return placeholder(range, type: .vector)
        }
        let parameter = wanted == 2 ? arguments[0] : nil
        check(operation, parameter, last, findingsBefore: findingsBefore)
        let node = Aggregation(
            operation: operation,
            expression: last.expression,
            parameter: parameter?.expression,
            grouping: grouping?.labels ?? [],
            isWithout: grouping?.isWithout ?? false,
            range: range
        )
        let depth = try depth(over: last.depth, parameter?.depth ?? 0, at: name.range)
        return Node(expression: .aggregation(node), type: .vector, depth: depth)
    }

    private func aggregationHelp(_ operation: AggregationOperator, _ count: Int) -> String? {
        guard operation.takesParameter else {
            return count > 1 && [.min, .max].contains(operation) ? "use \(operation)_of for two numbers" : nil
        }
        let example =
            operation == .countValues ? "\"label\"" : operation == .topk || operation == .bottomk ? "3" : "0.5"
        return "write \(operation.rawValue)(\(example), expression)"
    }

    private mutating func grouping() throws(Stop) -> (labels: [String], isWithout: Bool)? {
        let isWithout = current.kind == .keyword(.without)
        guard isWithout || current.kind == .keyword(.by) else { return nil }
        advance()
        return (try labels(), isWithout)
    }
}

extension AggregationOperator {
    /// Whether a parameter comes before the expression.
    public var takesParameter: Bool {
        switch self {
        case .topk, .bottomk, .limitk, .limitRatio, .quantile, .countValues: true
        case .sum, .min, .max, .avg, .group, .stddev, .stdvar, .count: false
        }
    }
}

// MARK: Modifiers of binary operators

extension Parser {
    /// `bool on (job) group_left (team) fill (0)`, as written.
    struct BinaryModifiers {
        var returnsBool = false
        var matching = VectorMatching(cardinality: .oneToOne, labels: [], isOn: false, include: [])
        /// The operator and its modifiers.
        var range = 0..<0
    }

    mutating func binaryModifiers() throws(Stop) -> BinaryModifiers {
        var modifiers = BinaryModifiers()
        modifiers.returnsBool = accept(.keyword(.bool))
        if current.kind == .keyword(.on) || current.kind == .keyword(.ignoring) {
            modifiers.matching.isOn = advance().kind == .keyword(.on)
            modifiers.matching.labels = try labels()
            if current.kind == .keyword(.groupLeft) || current.kind == .keyword(.groupRight) {
                let isLeft = advance().kind == .keyword(.groupLeft)
                modifiers.matching.cardinality = isLeft ? .manyToOne : .oneToMany
                modifiers.matching.include = current.kind == .leftParenthesis ? try labels() : []
            }
        }
        try fillModifiers(&modifiers.matching)
        return modifiers
    }

    private mutating func fillModifiers(_ matching: inout VectorMatching) throws(Stop) {
        if accept(.keyword(.fill)) {
            let value = try fillValue()
            matching.fillLeft = value
            matching.fillRight = value
            return
        }
        for _ in 0..<2 {
            if matching.fillLeft == nil && accept(.keyword(.fillLeft)) {
                matching.fillLeft = try fillValue()
            } else if matching.fillRight == nil && accept(.keyword(.fillRight)) {
                matching.fillRight = try fillValue()
            }
        }
    }

    private mutating func fillValue() throws(Stop) -> Double {
        guard accept(.leftParenthesis) else { throw unexpected(in: "fill value", expected: "\"(\"") }
        let isNegative = current.kind == .operation(.subtract)
        if isNegative || current.kind == .operation(.add) { advance() }
        guard current.kind == .number || current.kind == .duration else {
            throw unexpected(in: "fill value", expected: "number")
        }
        let value = numberOrDuration()
        guard accept(.rightParenthesis) else { throw unexpected(in: "fill value", expected: "\")\"") }
        return isNegative ? -value : value
    }

    /// `(job, "x y")`: the labels of a grouping or a matching.
    mutating func labels() throws(Stop) -> [String] {
        let context = "grouping opts"
        guard accept(.leftParenthesis) else { throw unexpected(in: context, expected: "\"(\"") }
        var labels: [String] = []
        while current.kind != .rightParenthesis {
            labels.append(try groupingLabel(context))
            guard accept(.comma) else { break }
        }
        guard accept(.rightParenthesis) else { throw unexpected(in: context, expected: "\",\" or \")\"") }
        return labels
    }

    private mutating func groupingLabel(_ context: String) throws(Stop) -> String {
        guard current.kind == .string else {
            guard current.kind.mayNameLabel else { throw unexpected(in: context, expected: "label") }
            return text(advance())
        }
        let token = advance()
        let bytes = contents(token)
        let label = String(decoding: bytes, as: UTF8.self)
        if bytes.isEmpty || !label.utf8.elementsEqual(bytes) {
            problem("invalid label name for grouping: \(Quoting.text(bytes))", token.range)
        }
        return label
    }
}
