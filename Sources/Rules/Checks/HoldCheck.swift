import YAML
import Diagnostics
import Metrics

/// A `for` that is over before the rule is evaluated again, and `for_tolerates` that has no clock to keep running.
enum HoldCheck {
    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        guard let alerting = subject.alerting else { return [] }
        var findings: [Diagnostic] = []
        if alerting.toleratedMisses > 0, (alerting.hold?.value ?? .zero) <= .zero {
            findings.append(
                subject.finding(
                    .warning,
                    "rules/tolerance-without-for",
                    "'for_tolerates' without 'for' has nothing to tolerate",
                    at: alerting.name.range,
                    help: "add 'for', or remove 'for_tolerates'"
                )
            )
        }
        let interval = subject.interval
        // A group that is evaluated as data arrives may well be evaluated in between.
        guard let hold = alerting.hold, hold.value > .zero, hold.value < interval.length,
            !subject.group.evaluatesOnChange
        else { return findings }
        let length = interval.length.promQLText
        let whose = interval.isKnown ? "the interval of \(length)" : "the usual interval of \(length)"
        findings.append(
            subject.finding(
                interval.isKnown ? .warning : .information,
                "rules/for-below-interval",
                "'for: \(hold.value.promQLText)' is shorter than \(whose) at which the rule is evaluated",
                at: hold.range,
                help: "the alert fires after \(length): write that, or give the group a shorter interval"
            )
        )
        return findings
    }
}
