import YAML
import Diagnostics
import Templates

/// Labels of alerts that hold what changes: with each new value the alert is another one, and its `for` begins anew.
enum ChangingLabelCheck {
    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        guard subject.alerting != nil else { return [] }
        return (subject.group.labels + subject.rule.labels).compactMap(ReadTemplate.init).flatMap { template in
            let reads =
                template.references.values.map { ("the value", $0) }
                + template.references.queries.map { ("a query", $0.range) }
            return reads.map { what, range in
                finding(what, range, template.label, subject)
            }
        }
    }

    private static func finding(
        _ what: String,
        _ range: Range<Int>,
        _ label: LabelTemplate,
        _ subject: RuleUnderCheck
    ) -> Diagnostic {
        let decides = isCondition(range.lowerBound, in: label.text.text)
        return subject.finding(
            decides ? .information : .warning,
            "rules/changing-label",
            decides
                ? "\(what) decides on the label '\(label.name.value)', so the alert becomes another one when it crosses over"
                : "the label '\(label.name.value)' holds \(what), so each evaluation makes a new alert",
            at: label.text.range(of: range),
            help: decides ? "write a rule for each case" : "put it into an annotation"
        )
    }

    /// Whether a byte of the template stands in an action that chooses between texts rather than printing one.
    private static func isCondition(_ offset: Int, in text: String) -> Bool {
        let before = Array(text.utf8.prefix(offset))
        let brace = UInt8(ascii: "{")
        guard let open = before.indices.dropFirst().last(where: { before[$0] == brace && before[$0 - 1] == brace })
        else { return false }
        let isLetter = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        let word = before[(open + 1)...].drop { !isLetter($0) && $0 != UInt8(ascii: "$") }.prefix(while: isLetter)
        return word.elementsEqual("if".utf8) || word.elementsEqual("else".utf8)
    }
}
