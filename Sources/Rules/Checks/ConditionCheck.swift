import YAML
import Diagnostics
import PromQL

/// Alerts whose expression has no condition: there is always a result, so they always fire.
enum ConditionCheck {
    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        guard let alerting = subject.alerting else { return [] }
        var findings: [Diagnostic] = []
        if let finding = finding(subject.rule.expression, subject, isClearing: false) { findings.append(finding) }
        if let clear = alerting.clearWhen, let finding = finding(clear, subject, isClearing: true) {
            findings.append(finding)
        }
        return findings
    }

    private static func finding(
        _ expression: RuleExpression,
        _ subject: RuleUnderCheck,
        isClearing: Bool
    ) -> Diagnostic? {
        let tree = expression.tree
        guard !tree.hasCondition, !tree.isConstant else { return nil }
        let comparesWithBool: Bool
        if case .binary(let node) = tree.withoutParentheses {
            comparesWithBool = node.returnsBool
        } else {
            comparesWithBool = false
        }
        // Of some metrics the presence alone is bad news.
        let presence = tree.isSelection
        let consequence = isClearing ? "clears whenever there is a sample" : "fires whenever there is a sample"
        return subject.finding(
            presence ? .information : .warning,
            "rules/no-condition",
            "'\(subject.rule.name.value)' \(consequence), whatever its value",
            at: expression.text.range(of: tree.range),
            help: comparesWithBool
                ? "without 'bool' the comparison lets only those through of which it is true"
                : "compare it with a threshold, such as > 0"
        )
    }
}

extension Expression {
    /// Whether the result may be empty though all series are there.
    var hasCondition: Bool {
        switch self {
        case .number, .string, .vectorSelector, .matrixSelector: false
        case .subquery(let node): node.expression.hasCondition
        case .call(let node): node.function == .absent || node.function == .absentOverTime || node.isOfCondition
        case .aggregation(let node): node.expression.hasCondition
        case .binary(let node): node.hasCondition
        case .unary(let node): node.expression.hasCondition
        case .parentheses(let node): node.expression.hasCondition
        }
    }

    /// Whether it needs no samples: `vector(1)` is written to fire always, as proof that alerts arrive.
    var isConstant: Bool {
        switch self {
        case .number, .string: true
        case .vectorSelector, .matrixSelector, .subquery: false
        case .call(let node): node.arguments.allSatisfy(\.isConstant)
        case .aggregation, .binary, .unary, .parentheses: children.allSatisfy(\.isConstant)
        }
    }

    /// Whether it only says which series there are.
    var isSelection: Bool {
        if tellsPresence { return true }
        if case .vectorSelector = withoutParentheses { return true }
        if case .call(let node) = withoutParentheses, node.function == .lastOverTime { return true }
        return false
    }
}

extension Call {
    // scalar() yields NaN for an empty vector, and so always something.
    fileprivate var isOfCondition: Bool { function != .scalar && arguments.contains(where: \.hasCondition) }
}

extension BinaryOperation {
    fileprivate var hasCondition: Bool {
        if operation == .or { return left.hasCondition && right.hasCondition }
        // Whether a partner is there is a condition too.
        if operation == .and || operation == .unless { return true }
        if operation.isComparison && !returnsBool { return true }
        return left.hasCondition || right.hasCondition
    }
}
