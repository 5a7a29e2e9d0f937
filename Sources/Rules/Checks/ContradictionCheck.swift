import YAML
import Diagnostics
import PromQL

/// Conditions on one expression that exclude each other: `x > 5 and x < 3`.
enum ContradictionCheck {
    /// A comparison of an expression with a number.
    private struct Condition {
        let subject: Expression
        let operation: BinaryOperator
        let bound: Double
        let range: Range<Int>
    }

    // More conditions than anybody joins by hand; each is compared with each.
    private static let conditionsMax = 32

    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        subject.expressions.flatMap { expression in
            var findings: [Diagnostic] = []
            // Chains within chains are parts of the outermost and told with it.
            var told = 0
            expression.tree.walk { node in
                guard case .binary(let chain) = node, chain.operation == .and, chain.range.lowerBound >= told else {
                    return
                }
                guard let pair = contradiction(in: conditions(node)) else { return }
                told = chain.range.upperBound
                findings.append(
                    subject.finding(
                        .warning,
                        "rules/contradiction",
                        "no value is both \(words(pair.0)) and \(words(pair.1))",
                        at: expression.text.range(of: pair.0.range.lowerBound..<pair.1.range.upperBound),
                        help: "this never holds; did you mean 'or'?"
                    )
                )
            }
            return findings
        }
    }

    /// The comparisons that must all hold for one series.
    private static func conditions(_ expression: Expression) -> [Condition] {
        guard case .binary(let node) = expression.withoutParentheses else { return [] }
        if node.operation == .and {
            // With `on` or `ignoring` the two sides may be about different series.
            guard let matching = node.matching, matching.labels.isEmpty, !matching.isOn else { return [] }
            return conditions(node.left) + conditions(node.right)
        }
        guard node.operation.isComparison, !node.returnsBool else { return [] }
        if let bound = node.right.valueRange.constant, node.right.type == .scalar {
            return [Condition(subject: node.left, operation: node.operation, bound: bound, range: node.range)]
        }
        if let bound = node.left.valueRange.constant, node.left.type == .scalar {
            return [Condition(subject: node.right, operation: node.operation.mirrored, bound: bound, range: node.range)]
        }
        return []
    }

    private static func contradiction(in conditions: [Condition]) -> (Condition, Condition)? {
        let conditions = conditions.prefix(conditionsMax)
        for (index, second) in conditions.enumerated() {
            for first in conditions.prefix(index) {
                let subject = first.subject.withoutParentheses
                guard subject.isEquivalent(to: second.subject.withoutParentheses),
                    let passing = ValueRange.any.passing(first.operation, .only(first.bound)),
                    passing.passing(second.operation, .only(second.bound)) == nil
                else { continue }
                return (first, second)
            }
        }
        return nil
    }

    private static func words(_ condition: Condition) -> String {
        "\(condition.operation.rawValue) \(ValueRange.only(condition.bound).words)"
    }
}
