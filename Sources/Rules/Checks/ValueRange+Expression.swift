import Metrics
import PromQL

extension Expression {
    /// The values that the result may have, as far as the text tells.
    var valueRange: ValueRange {
        switch self {
        case .number(let node): .only(node.value)
        case .string: .any
        case .vectorSelector(let node): node.valueRange
        case .matrixSelector(let node): node.selector.valueRange
        case .subquery(let node): node.expression.valueRange
        case .call(let node): node.valueRange
        case .aggregation(let node): node.valueRange
        case .binary(let node): node.valueRange
        case .unary(let node): node.isNegation ? -node.expression.valueRange : node.expression.valueRange
        case .parentheses(let node): node.expression.valueRange
        }
    }

    /// Whether there being a result at all is what the expression tells: `count(x) > 0` is a way to ask for any.
    var tellsPresence: Bool {
        switch withoutParentheses {
        case .aggregation(let node):
            switch node.operation {
            case .count, .group, .countValues: true
            default: node.expression.tellsPresence
            }
        case .call(let node):
            switch node.function {
            case .absent, .absentOverTime, .presentOverTime, .countOverTime, .vector: true
            default: false
            }
        case .binary(let node):
            node.operation.isSetOperator && node.left.tellsPresence && node.right.tellsPresence
        default: false
        }
    }
}

extension VectorSelector {
    /// Only `up` has a meaning that everybody agrees on.
    fileprivate var valueRange: ValueRange {
        switch metricName {
        case "up"?: ValueRange(lower: 0, upper: 1)
        default: .any
        }
    }

    /// Whether the name is one of those that only counters of things bear.
    fileprivate var isCounter: Bool {
        guard let name = metricName else { return false }
        return ["_total", "_count", "_bucket"].contains { name.utf8.reversed().starts(with: $0.utf8.reversed()) }
    }
}

extension Call {
    fileprivate var valueRange: ValueRange {
        switch function {
        case .absent, .absentOverTime, .presentOverTime: .only(1)
        case .countOverTime: ValueRange(lower: 1, upper: .infinity)
        case .changes, .resets, .abs, .sqrt, .exp, .time, .stddevOverTime, .stdvarOverTime, .madOverTime,
            .histogramCount, .histogramStddev, .histogramStdvar:
            .notNegative
        case .sgn, .sin, .cos: ValueRange(lower: -1, upper: 1)
        case .hour: ValueRange(lower: 0, upper: 23)
        case .minute: ValueRange(lower: 0, upper: 59)
        case .dayOfWeek: ValueRange(lower: 0, upper: 6)
        case .dayOfMonth: ValueRange(lower: 1, upper: 31)
        case .dayOfYear: ValueRange(lower: 1, upper: 366)
        case .daysInMonth: ValueRange(lower: 28, upper: 31)
        case .month: ValueRange(lower: 1, upper: 12)
        case .histogramFraction: ValueRange(lower: 0, upper: 1)
        case .vector, .minOverTime, .maxOverTime, .avgOverTime, .lastOverTime, .firstOverTime, .sort, .sortDesc,
            .sortByLabel, .sortByLabelDesc, .labelReplace, .labelJoin:
            operandRange
        case .sumOverTime: operandRange.lower >= 0 ? .notNegative : .any
        case .rate, .increase, .irate: isOfCounter ? .notNegative : .any
        default: .any
        }
    }

    private var isOfCounter: Bool {
        guard case .matrixSelector(let node)? = arguments.first?.withoutParentheses else { return false }
        return node.selector.isCounter
    }

    private var operandRange: ValueRange { arguments.first?.valueRange ?? .any }
}

extension Aggregation {
    fileprivate var valueRange: ValueRange {
        let inner = expression.valueRange
        switch operation {
        case .group: return .only(1)
        case .count, .countValues: return ValueRange(lower: 1, upper: .infinity)
        case .stddev, .stdvar: return .notNegative
        case .min, .max, .avg, .topk, .bottomk, .limitk, .limitRatio: return inner
        case .sum:
            // One series at least is summed.
            return inner.lower >= 0 ? ValueRange(lower: inner.lower, upper: .infinity) : .any
        case .quantile: return .any
        }
    }
}

extension BinaryOperation {
    fileprivate var valueRange: ValueRange {
        let (left, right) = (self.left.valueRange, self.right.valueRange)
        // A missing partner that is filled in has a value of its own.
        if matching?.fillLeft != nil || matching?.fillRight != nil { return .any }
        switch operation {
        case .and, .unless: return left
        case .or: return left.union(right)
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide: return left / right
        default: break
        }
        guard operation.isComparison else { return .any }
        if returnsBool { return ValueRange(lower: 0, upper: 1) }
        // What a filter lets through are the values of the vector, whichever side it is on. Where nothing passes, that
        // is told of the filter and not of all around it.
        if self.left.type == .scalar { return right.passing(operation.mirrored, left) ?? .any }
        return left.passing(operation, right) ?? .any
    }
}

extension BinaryOperator {
    /// The comparison with its sides exchanged.
    var mirrored: BinaryOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }

    /// The comparison that holds exactly where this one does not, NaN aside.
    var negated: BinaryOperator {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        default: self
        }
    }
}
