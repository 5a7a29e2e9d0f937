import Metrics
import PromQL

extension Expression {
    /// The kinds of nodes in the order of a walk, and the labels that selectors look at: what an expression asks, apart from values.
    var shape: [String] {
        var shape: [String] = []
        walk { node in
            switch node {
            case .number: shape.append("number")
            case .string: shape.append("string")
            case .vectorSelector(let selector):
                shape.append(
                    "selector " + selector.matchers.map { "\($0.name)\($0.operation.rawValue)" }.joined(separator: ",")
                )
            case .matrixSelector: shape.append("matrix")
            case .subquery: shape.append("subquery")
            case .call: shape.append("call")
            case .aggregation: shape.append("aggregation")
            case .binary: shape.append("binary")
            case .unary: shape.append("unary")
            case .parentheses: shape.append("parentheses")
            }
        }
        return shape
    }

    /// The matchers of all selectors.
    var matchers: [LabelMatcher] {
        var found: [LabelMatcher] = []
        walk { node in
            if case .vectorSelector(let selector) = node { found += selector.matchers }
        }
        return found
    }
}
