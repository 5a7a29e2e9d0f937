import PromQL

extension Expression {
    /// The expression with `@ time` on every selector and subquery that has none, or that is below no such subquery; nil
    /// when a function in it depends on the evaluation time all the same.
    func pinned(at time: AtModifier) -> Expression? {
        switch self {
        case .number, .string: return self
        case .vectorSelector(var node):
            node.pin(at: time)
            return .vectorSelector(node)
        case .matrixSelector(var node):
            node.selector.pin(at: time)
            return .matrixSelector(node)
        case .subquery(var node):
            // What lies below is evaluated at the subquery's own times.
            node.at = node.at.pinned(at: time)
            return .subquery(node)
        case .call(var node):
            guard !node.function.dependsOnEvaluationTime else { return nil }
            let arguments = node.arguments.compactMap { $0.pinned(at: time) }
            guard arguments.count == node.arguments.count else { return nil }
            node.arguments = arguments
            return .call(node)
        case .aggregation(let node): return node.pinned(at: time).map(Expression.aggregation)
        case .binary(var node):
            guard let left = node.left.pinned(at: time), let right = node.right.pinned(at: time) else { return nil }
            node.left = left
            node.right = right
            return .binary(node)
        case .unary(var node):
            guard let inner = node.expression.pinned(at: time) else { return nil }
            node.expression = inner
            return .unary(node)
        case .parentheses(var node):
            guard let inner = node.expression.pinned(at: time) else { return nil }
            node.expression = inner
            return .parentheses(node)
        }
    }
}

extension Aggregation {
    fileprivate func pinned(at time: AtModifier) -> Aggregation? {
        var copy = self
        guard let inner = expression.pinned(at: time) else { return nil }
        copy.expression = inner
        if let parameter {
            guard let pinned = parameter.pinned(at: time) else { return nil }
            copy.parameter = pinned
        }
        return copy
    }
}

extension VectorSelector {
    fileprivate mutating func pin(at time: AtModifier) {
        at = at.pinned(at: time)
    }
}

extension AtModifier? {
    /// A time stays; `start()` and `end()` are the evaluation time in an instant query, and so are pinned too.
    fileprivate func pinned(at time: AtModifier) -> AtModifier {
        if case .timestamp = self { self ?? time } else { time }
    }
}

extension Function {
    /// Whether the result changes with the evaluation time even where the arguments do not.
    fileprivate var dependsOnEvaluationTime: Bool {
        switch self {
        case .start, .end, .step, .range: true
        default: dependsOnTime
        }
    }
}
