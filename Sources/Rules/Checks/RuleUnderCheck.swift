import YAML
import Diagnostics
import Metrics
import PromQL
import Templates

/// One rule and all around it that the checks look at.
struct RuleUnderCheck {
    let rule: Rule
    let group: RuleGroup
    let source: SourceText
    let facts: RuleFacts

    /// What only an alerting rule says.
    var alerting: AlertingRule? {
        guard case .alerting(let alerting) = rule.kind else { return nil }
        return alerting
    }

    /// The rule's expression, and the one that clears its alerts.
    var expressions: [RuleExpression] {
        [rule.expression] + (alerting?.clearWhen.map { [$0] } ?? [])
    }

    /// How often the rule is evaluated, and whether that is known rather than assumed.
    var interval: (length: Milliseconds, isKnown: Bool) {
        if let known = group.interval ?? facts.evaluationInterval, known > .zero { return (known, true) }
        return (RuleFacts.assumedEvaluationInterval, false)
    }

    /// A finding at bytes of the file.
    func finding(
        _ severity: Diagnostic.Severity,
        _ code: String,
        _ message: String,
        at range: Range<Int>,
        help: String
    ) -> Diagnostic {
        Diagnostic(severity, code: code, message: message, range: range, help: help, source: source)
    }
}

/// A label or annotation whose template can be read.
struct ReadTemplate {
    let label: LabelTemplate
    let references: TemplateReferences

    init?(_ label: LabelTemplate) {
        // Most texts have nothing to look at.
        guard label.text.text.utf8.contains(UInt8(ascii: "{")),
            let template = try? RuleTemplate(label.text.text, name: label.name.value)
        else { return nil }
        self.label = label
        references = TemplateReferences(template)
    }
}
