import YAML
public import Diagnostics
import PromQL

extension RuleFile {
    /// What is allowed in the file but likely a mistake, in the order of the file.
    public func findings(_ facts: RuleFacts = RuleFacts()) -> [Diagnostic] {
        groups.flatMap { group in
            group.rules.flatMap { rule in
                RuleChecks.findings(
                    RuleUnderCheck(rule: rule, group: group, source: source, facts: facts)
                )
            }
        }
        .inFileOrder()
    }

    /// The names of the metrics that the file's rules record.
    public var recordedMetrics: [String] {
        groups.flatMap(\.rules).compactMap { rule in
            guard case .recording(let name) = rule.kind else { return nil }
            return name.value
        }
    }
}

/// All checks of a single rule.
enum RuleChecks {
    typealias Check = @Sendable (RuleUnderCheck) -> [Diagnostic]

    static let all: [Check] = [
        HoldCheck.findings, ConditionCheck.findings, ComparisonCheck.findings, ContradictionCheck.findings,
        WindowCheck.findings, BoundCheck.findings, GoneLabelCheck.findings, ChangingLabelCheck.findings,
        RecordingCheck.findings, MetricCheck.findings,
    ]

    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        let remarks = subject.expressions.flatMap { expression in
            expression.tree.remarks(in: SourceText(text: expression.text.text)).map {
                expression.text.placed($0, in: subject.source)
            }
        }
        // What the remarks on PromQL tell already is not told again in other words.
        return all.reduce(into: remarks) { found, check in
            found += check(subject).filter { finding in
                !remarks.contains { $0.code == finding.code && $0.range.overlaps(finding.range) }
            }
        }
    }
}
