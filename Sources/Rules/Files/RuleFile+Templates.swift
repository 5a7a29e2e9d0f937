import Diagnostics
import Templates
import YAML

extension RuleFile {
    /// Tells of the templates in alerting rules that cannot be read.
    static func checkTemplates(_ groups: [RuleGroup], in source: SourceText, _ problems: Problems) {
        for group in groups {
            for case let rule in group.rules {
                guard case .alerting(let alerting) = rule.kind else { continue }
                for label in group.labels + rule.labels + alerting.annotations {
                    check(label, of: alerting, in: source, problems)
                }
            }
        }
    }

    private static func check(
        _ label: LabelTemplate,
        of rule: AlertingRule,
        in source: SourceText,
        _ problems: Problems
    ) {
        do throws(TemplateError) {
            _ = try RuleTemplate(label.text.text, name: "__alert_\(rule.name.value)")
        } catch {
            problems.error(
                "template/parse",
                "the template of '\(label.name.value)' cannot be read: \(error.message)",
                at: label.text.range(of: error.range)
            )
        }
    }
}
