import YAML
import Diagnostics

/// What is peculiar to rules that record: names, and labels that are no templates.
enum RecordingCheck {
    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        guard case .recording(let name) = subject.rule.kind else { return [] }
        var findings: [Diagnostic] = []
        if !name.value.utf8.contains(UInt8(ascii: ":")) {
            findings.append(
                subject.finding(
                    .information,
                    "rules/recorded-name",
                    "the recorded name has no colon, so it looks like a metric of a target",
                    at: name.range,
                    help: "recorded names are level:metric:operations, such as job:up:sum"
                )
            )
        }
        for label in subject.rule.labels where holdsTemplate(label.text.text) {
            findings.append(
                subject.finding(
                    .warning,
                    "rules/template-in-recording",
                    "labels of recording rules are no templates: '\(label.name.value)' is stored as it is written",
                    at: label.text.range,
                    help: "take label_replace() or aggregation in 'expr'"
                )
            )
        }
        return findings
    }

    private static func holdsTemplate(_ text: String) -> Bool {
        var before: UInt8 = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "{") && before == byte { return true }
            before = byte
        }
        return false
    }
}
