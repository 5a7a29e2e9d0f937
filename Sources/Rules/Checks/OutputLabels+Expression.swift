import Metrics
import PromQL

extension Expression {
    /// The labels that the result may have. The depth of a tree is bounded by the parser.
    var outputLabels: OutputLabels {
        switch self {
        case .number, .string: .nothing
        case .vectorSelector(let node): node.outputLabels
        case .matrixSelector(let node): node.selector.outputLabels
        case .subquery(let node): node.expression.outputLabels
        case .call(let node): node.outputLabels
        case .aggregation(let node): node.outputLabels
        case .binary(let node): node.outputLabels
        case .unary(let node): node.expression.outputLabels
        case .parentheses(let node): node.expression.outputLabels
        }
    }

    /// The text of a string literal.
    fileprivate var literalText: String? {
        guard case .string(let node) = withoutParentheses, node.invalidBytes == nil else { return nil }
        return node.value
    }
}

extension VectorSelector {
    /// Any label but those that must be empty.
    fileprivate var outputLabels: OutputLabels {
        let empty = matchers.filter { $0.operation == .equal && $0.value.isEmpty }
        return OutputLabels.anything.dropping(empty.map(\.name))
    }

    /// The labels of what tells that the selector finds nothing: those it gives a value.
    fileprivate var labelsOfAbsence: OutputLabels {
        .only(matchers.filter { $0.operation == .equal }.map(\.name))
    }
}

extension Call {
    fileprivate var outputLabels: OutputLabels {
        if function.returnType == .scalar { return .nothing }
        switch function {
        case .absent, .absentOverTime: return labelsOfAbsence
        case .labelReplace, .labelJoin, .histogramQuantiles: return labelsWithTarget
        // What it adds is a matter of the data.
        case .info: return .anything
        default: return operand?.outputLabels ?? .nothing
        }
    }

    /// The vector that the function is about; `vector(1)` and `hour()` have none.
    private var operand: Expression? { arguments.first { $0.type == .vector || $0.type == .matrix } }

    private var labelsOfAbsence: OutputLabels {
        switch arguments.first?.withoutParentheses {
        case .vectorSelector(let node)?: node.labelsOfAbsence
        case .matrixSelector(let node)?: node.selector.labelsOfAbsence
        default: .nothing
        }
    }

    /// The labels of the operand and the one that the second argument names.
    private var labelsWithTarget: OutputLabels {
        guard arguments.count > 1, let target = arguments[1].literalText else { return .anything }
        return (operand?.outputLabels ?? .nothing).adding([target])
    }
}

extension Aggregation {
    fileprivate var outputLabels: OutputLabels {
        let inner = expression.outputLabels
        switch operation {
        // These choose among the series and leave them as they are.
        case .topk, .bottomk, .limitk, .limitRatio: return inner
        case .countValues:
            guard let label = parameter?.literalText else { return .anything }
            return grouped(inner).adding([label])
        default: return grouped(inner)
        }
    }

    private func grouped(_ inner: OutputLabels) -> OutputLabels {
        isWithout ? inner.dropping(grouping) : inner.keeping(grouping)
    }
}

extension BinaryOperation {
    fileprivate var outputLabels: OutputLabels {
        let (leftType, rightType) = (left.type, right.type)
        if leftType == .scalar && rightType == .scalar { return .nothing }
        if rightType == .scalar { return left.outputLabels }
        if leftType == .scalar { return right.outputLabels }
        switch operation {
        case .and, .unless: return left.outputLabels
        case .or: return left.outputLabels.union(right.outputLabels)
        default: break
        }
        switch matching?.cardinality {
        case .manyToOne: return labelsOfMany(left.outputLabels, one: right.outputLabels)
        case .oneToMany: return labelsOfMany(right.outputLabels, one: left.outputLabels)
        default: return labelsOfPairs
        }
    }

    private var fills: Bool { matching?.fillLeft != nil || matching?.fillRight != nil }

    /// One to one: partners agree in every label they are matched by, so what one side never has the other lacks too.
    private var labelsOfPairs: OutputLabels {
        let (left, right) = (left.outputLabels, right.outputLabels)
        let both = fills ? left.union(right) : left.intersection(right)
        guard let matching else { return both }
        return matching.isOn ? both.keeping(matching.labels) : both.dropping(matching.labels)
    }

    /// The many keep their labels; those of `group_left` come from the one, or are taken away where it has none.
    private func labelsOfMany(_ many: OutputLabels, one: OutputLabels) -> OutputLabels {
        let include = matching?.include ?? []
        let given = one.keeping(include)
        return (fills ? many : many.dropping(include)).union(given)
    }
}
