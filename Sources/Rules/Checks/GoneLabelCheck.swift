import YAML
import Diagnostics
import PromQL
import Templates

/// Templates that read labels which the expression takes away: they are always empty.
enum GoneLabelCheck {
    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        guard let alerting = subject.alerting else { return [] }
        let labels = OutputLabels(of: subject.rule.expression.tree)
        let templates = (subject.group.labels + subject.rule.labels + alerting.annotations).compactMap(
            ReadTemplate.init
        )
        return templates.flatMap { template in
            template.references.labels.filter { !labels.mayHave($0.name) }.map { reference in
                subject.finding(
                    .warning,
                    "rules/label-gone",
                    "the result of the expression of '\(alerting.name.value)' never has the label '\(reference.name)'",
                    at: template.label.text.range(of: reference.range),
                    help: help(reference.name, labels, subject)
                )
            }
        }
    }

    private static func help(_ name: String, _ labels: OutputLabels, _ subject: RuleUnderCheck) -> String {
        let own = subject.group.labels + subject.rule.labels
        if own.contains(where: { $0.name.value.utf8.elementsEqual(name.utf8) }) {
            return "$labels holds what the expression yields, not the labels that the rule adds"
        }
        guard let names = labels.names else { return "without (...), ignoring (...) or a selector takes it away" }
        if names.isEmpty { return "it has no labels at all; keep '\(name)' with by (...)" }
        return "it has only \(names.joined(separator: ", ")); keep '\(name)' with by (...)"
    }
}
