import Mathematics
import Metrics

extension Expression {
    /// The expressions directly inside this one, in the order they are written.
    public var children: [Expression] {
        switch self {
        case .number, .string, .vectorSelector: []
        case .matrixSelector(let node): [.vectorSelector(node.selector)]
        case .subquery(let node): [node.expression]
        case .call(let node): node.arguments
        case .aggregation(let node): (node.parameter.map { [$0] } ?? []) + [node.expression]
        case .binary(let node): [node.left, node.right]
        case .unary(let node): [node.expression]
        case .parentheses(let node): [node.expression]
        }
    }

    /// Visits this expression and all inside it, each before what it contains.
    public func walk(_ visit: (Expression) -> Void) {
        visit(self)
        for child in children {
            child.walk(visit)
        }
    }

    /// The expression without any parentheses around it.
    public var withoutParentheses: Expression {
        var expression = self
        while case .parentheses(let node) = expression {
            expression = node.expression
        }
        return expression
    }

    /// Whether a range query has the same value at every step, as long as no samples come in: there is an `@` behind
    /// every selector, and nothing asks for the time of evaluation.
    ///
    /// - Complexity: linear in the size of the expression.
    public var isStepInvariant: Bool {
        switch self {
        case .number, .string: true
        case .vectorSelector(let node): node.at != nil
        case .matrixSelector(let node): node.selector.at != nil
        case .subquery(let node): node.at != nil
        case .call(let node): !node.function.dependsOnTime && node.arguments.allSatisfy(\.isStepInvariant)
        case .aggregation, .binary, .unary, .parentheses: children.allSatisfy(\.isStepInvariant)
        }
    }
}

extension Function {
    /// Whether the result depends on when the function is evaluated, even over the same samples.
    public var dependsOnTime: Bool {
        switch self {
        case .time, .timestamp, .predictLinear, .year, .month, .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth,
            .hour, .minute:
            true
        default: false
        }
    }
}

/// A selector of a query and how it reads samples.
public struct SelectorUse: Sendable {
    public var selector: VectorSelector
    /// The range behind the selector; nil for an instant selector.
    public var window: DurationExpression?
    /// The subqueries around the selector, outermost first.
    public var subqueries: [Subquery]
}

extension Expression {
    /// Every selector, in the order they are written.
    public var selectorUses: [SelectorUse] {
        var uses: [SelectorUse] = []
        collect(into: &uses, inside: [])
        return uses
    }

    private func collect(into uses: inout [SelectorUse], inside subqueries: [Subquery]) {
        switch self {
        case .vectorSelector(let node):
            uses.append(SelectorUse(selector: node, window: nil, subqueries: subqueries))
        case .matrixSelector(let node):
            uses.append(SelectorUse(selector: node.selector, window: node.window, subqueries: subqueries))
        case .subquery(let node): node.expression.collect(into: &uses, inside: subqueries + [node])
        default:
            for child in children {
                child.collect(into: &uses, inside: subqueries)
            }
        }
    }
}

extension VectorSelector {
    /// The one metric that the selector can match; nil where it leaves the name open.
    public var metricName: String? {
        name ?? matchers.first { $0.operation == .equal && $0.name.utf8.elementsEqual(Labels.metricName.utf8) }?.value
    }
}

extension DurationExpression {
    /// The duration in seconds, where `step` and `range` are those of the query in seconds.
    ///
    /// May be negative, infinite or NaN: whoever asks knows what is allowed.
    public func seconds(step: Double, range: Double) -> Double {
        func value(_ expression: DurationExpression) -> Double { expression.seconds(step: step, range: range) }
        return switch self {
        case .literal(let seconds, _): seconds
        case .step: step
        case .range: range
        case .negated(let inner): -value(inner)
        case .plus(let inner), .parentheses(let inner): value(inner)
        case .minimum(let left, let right): Swift.min(value(left), value(right))
        case .maximum(let left, let right): Swift.max(value(left), value(right))
        case .operation(let operation, let left, let right): operation.apply(value(left), value(right))
        }
    }
}

extension DurationExpression.Operation {
    fileprivate func apply(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .remainder: Mathematics.remainder(left, right)
        case .power: Mathematics.power(left, right)
        }
    }
}
