import Metrics

// What Prometheus checks of a text that is otherwise sound: types, counts of arguments, and what goes with what.

extension ValueType {
    /// The name in one word, as the HTTP API and some messages have it.
    public var shortName: String {
        switch self {
        case .scalar: "scalar"
        case .string: "string"
        case .vector: "vector"
        case .matrix: "matrix"
        }
    }

    fileprivate var isNumeric: Bool { self == .scalar || self == .vector }
}

// MARK: Operators

extension Parser {
    mutating func checkSign(_ operand: Node, _ range: Range<Int>) {
        guard let type = operand.type, !type.isNumeric else { return }
        let types = "scalar or instant vector"
        finding("unary expression only allowed on expressions of type \(types), got \"\(type.rawValue)\"", range)
    }

    mutating func check(_ left: Node, _ operation: BinaryOperator, _ modifiers: BinaryModifiers, _ right: Node) {
        if modifiers.returnsBool && !operation.isComparison {
            finding("bool modifier can only be used on comparison operators", modifiers.range)
        }
        if operation.isComparison && !modifiers.returnsBool && left.type == .scalar && right.type == .scalar {
            let help = "write \(operation.rawValue) bool"
            finding("comparisons between scalars must use BOOL modifier", modifiers.range, help: help)
        }
        if modifiers.matching.isOn {
            let included = Set(modifiers.matching.include.map { Array($0.utf8) })
            for label in modifiers.matching.labels where included.contains(Array(label.utf8)) {
                let name = Quoting.text(label)
                finding("label \(name) must not occur in ON and GROUP clause at once", modifiers.range)
            }
        }
        for side in [left, right] {
            guard let type = side.type, !type.isNumeric else { continue }
            let message = "binary expression must contain only scalar and instant vector types"
            finding(message, side.expression.range, help: type == .matrix ? Self.rangeHelp : nil)
        }
        guard let leftType = left.type, let rightType = right.type else { return }
        let range = left.expression.range.lowerBound..<right.expression.range.upperBound
        if leftType == .vector && rightType == .vector {
            if operation.isSetOperator { checkSetMatching(operation, modifiers.matching, range) }
        } else {
            checkScalarSides(operation, modifiers.matching, range)
            if (leftType == .scalar || rightType == .scalar) && operation.isSetOperator {
                let name = "\"\(operation.rawValue)\""
                finding("set operator \(name) not allowed in binary scalar expression", range)
            }
            // It cuts histograms, which no scalar is: of two numbers there is nothing to answer.
            if leftType == .scalar && rightType == .scalar && operation.isTrim {
                finding("operator \"\(operation.rawValue)\" not allowed for scalar operations", range)
            }
        }
    }

    private mutating func checkScalarSides(_: BinaryOperator, _ matching: VectorMatching, _ range: Range<Int>) {
        if !matching.labels.isEmpty {
            finding("vector matching only allowed between instant vectors", range)
        }
        if matching.hasFill {
            finding("filling in missing series only allowed between instant vectors", range)
        }
    }

    private mutating func checkSetMatching(
        _ operation: BinaryOperator,
        _ matching: VectorMatching,
        _ range: Range<Int>
    ) {
        if matching.cardinality != .oneToOne {
            finding("no grouping allowed for \"\(operation.rawValue)\" operation", range)
        }
        if matching.hasFill {
            finding("filling in missing series not allowed for set operators", range)
        }
    }

    /// How the sides match: not at all where one is a scalar, many to many for set operators.
    func matching(
        _ left: Node,
        _ operation: BinaryOperator,
        _ modifiers: BinaryModifiers,
        _ right: Node
    ) -> VectorMatching? {
        guard left.type != .scalar, right.type != .scalar else { return nil }
        var matching = modifiers.matching
        if operation.isSetOperator { matching.cardinality = .manyToMany }
        return matching
    }
}

extension VectorMatching {
    fileprivate var hasFill: Bool { fillLeft != nil || fillRight != nil }
}

// MARK: Calls and aggregations

extension Parser {
    private static let rangeHelp = "take a rate() or a sum_over_time() of it, or leave out the range"

    /// Checks a call. Its arguments have been checked, from `findingsBefore` on; the count comes before them.
    mutating func check(_ function: Function, _ arguments: [Node], _ range: Range<Int>, findingsBefore: Int) {
        let signature = function.signature
        if let message = countProblem(function, signature, arguments.count) {
            findings.insert(
                Finding(problem: ParseError.Problem(message, range)),
                at: min(findingsBefore, findings.count)
            )
        }
        if function == .info, arguments.count > 1 { checkInfo(arguments[1], findingsBefore: findingsBefore) }
        for (index, argument) in arguments.enumerated() {
            guard let wanted = signature.type(ofArgument: index), let type = argument.type, type != wanted else {
                continue
            }
            finding(
                "expected type \(wanted.rawValue) in call to function \"\(function.rawValue)\", got \(type.rawValue)",
                argument.expression.range,
                help: typeHelp(wanted, argument)
            )
        }
    }

    private func countProblem(_ function: Function, _ signature: Function.Signature, _ count: Int) -> String? {
        let name = "\"\(function.rawValue)\""
        if signature.variation == .exact {
            let wanted = signature.arguments.count
            return count == wanted ? nil : "expected \(wanted) argument(s) in call to \(name), got \(count)"
        }
        if count < signature.minimumCount {
            return "expected at least \(signature.minimumCount) argument(s) in call to \(name), got \(count)"
        }
        if let most = signature.maximumCount, count > most {
            return "expected at most \(most) argument(s) in call to \(name), got \(count)"
        }
        return nil
    }

    /// The second argument of `info` is no selector of samples but a list of conditions on labels.
    private mutating func checkInfo(_ argument: Node, findingsBefore: Int) {
        let range = argument.expression.range
        guard case .vectorSelector(let selector) = argument.expression else {
            finding("expected label selectors only", range)
            return
        }
        if selector.name != nil {
            finding("expected label selectors only, got vector selector instead", range)
        }
        let own = findings.indices.dropFirst(findingsBefore)
        if let index = own.last(where: { findings[$0].isAboutEmptySelector && findings[$0].problem.range == range }) {
            findings.remove(at: index)
        }
    }

    mutating func check(
        _ operation: AggregationOperator,
        _ parameter: Node?,
        _ expression: Node,
        findingsBefore: Int
    ) {
        // The findings of the parameter come behind those of the expression, as Prometheus looks at them.
        let parameterFindings = findings.indices.dropFirst(findingsBefore).filter { index in
            guard let parameter else { return false }
            return parameter.expression.range.contains(findings[index].problem.range.lowerBound)
        }
        let moved = parameterFindings.map { findings[$0] }
        for index in parameterFindings.reversed() {
            findings.remove(at: index)
        }
        expect(.vector, expression, in: "aggregation expression")
        findings += moved
        if let parameter {
            expect(operation == .countValues ? .string : .scalar, parameter, in: "aggregation parameter")
        }
    }

    private mutating func expect(_ wanted: ValueType, _ node: Node, in context: String) {
        guard let type = node.type, type != wanted else { return }
        let message = "expected type \(wanted.rawValue) in \(context), got \(type.rawValue)"
        finding(message, node.expression.range, help: typeHelp(wanted, node))
    }

    private func typeHelp(_ wanted: ValueType, _ node: Node) -> String? {
        switch (wanted, node.type) {
        case (.matrix, .vector):
            if case .vectorSelector = node.expression { return "add a range: [5m]" }
            return "write a subquery: [5m:]"
        case (.vector, .matrix): return Self.rangeHelp
        case (.vector, .scalar): return "vector() makes a vector of a number"
        case (.scalar, .vector): return "scalar() makes a number of a vector with one element"
        default: return nil
        }
    }
}
