import YAML
import Diagnostics
import PromQL

/// Comparisons whose outcome is known before any sample is: never true, or always.
enum ComparisonCheck {
    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        subject.expressions.flatMap { expression in
            var findings: [Diagnostic] = []
            expression.tree.walk { node in
                guard case .binary(let comparison) = node, comparison.operation.isComparison else { return }
                guard let verdict = itself(comparison) ?? verdict(on: comparison) else { return }
                findings.append(
                    subject.finding(
                        verdict.severity,
                        verdict.code,
                        verdict.message,
                        at: expression.text.range(of: comparison.range),
                        help: verdict.help
                    )
                )
            }
            return findings
        }
    }

    private struct Verdict {
        let severity: Diagnostic.Severity
        let code: String
        let message: String
        let help: String
    }

    // MARK: Ranges of values

    private static func verdict(on comparison: BinaryOperation) -> Verdict? {
        let (left, right) = (comparison.left.valueRange, comparison.right.valueRange)
        // Filled-in values are compared too, and are not those of either side.
        if comparison.matching?.fillLeft != nil || comparison.matching?.fillRight != nil { return nil }
        let facts = "the left side is \(left.words), the right side \(right.words)"
        if left.passing(comparison.operation, right) == nil {
            return Verdict(
                severity: .warning,
                code: "rules/never-true",
                message: "this comparison is never true: \(facts)",
                help: left.isNaN || right.isNaN ? "NaN equals nothing, not even itself" : "no sample can pass it"
            )
        }
        let isQuestionOfPresence = comparison.left.tellsPresence || comparison.right.tellsPresence
        let isNaN = left.isNaN || right.isNaN
        guard isNaN || left.passing(comparison.operation.negated, right) == nil, !isQuestionOfPresence else {
            return nil
        }
        return Verdict(
            severity: .warning,
            code: "rules/always-true",
            message: "this comparison is always true: \(facts)",
            help: isNaN ? "NaN differs from everything, also from itself" : "every sample passes it"
        )
    }

    // MARK: A vector and itself

    private static func itself(_ comparison: BinaryOperation) -> Verdict? {
        guard let matching = comparison.matching, matching.labels.isEmpty, !matching.isOn, matching.include.isEmpty,
            comparison.left.withoutParentheses.isEquivalent(to: comparison.right.withoutParentheses)
        else { return nil }
        switch comparison.operation {
        case .less, .greater:
            return Verdict(
                severity: .warning,
                code: "rules/never-true",
                message: "this comparison is never true: both sides are the same",
                help: "did you mean an offset on one side?"
            )
        default:
            let outcome = comparison.operation == .notEqual ? "true only of NaN" : "true of all but NaN"
            return Verdict(
                severity: .information,
                code: "rules/compared-with-itself",
                message: "both sides are the same, so this comparison is \(outcome)",
                help: "nothing is wrong if that is what it is for"
            )
        }
    }
}
