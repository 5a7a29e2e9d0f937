public import Diagnostics
import Metrics
import Rules
public import YAML

extension RuleTestFile {
    /// Reads a test file. What makes the file unusable goes into `problems`, in one pass, and the answer is nil. What is wrong
    /// inside a test - a series, an expression - stays with that test, so that the others can be run.
    public init?(_ source: SourceText, problems: Problems) {
        guard let document = YAMLDocument(source, problems: problems) else { return nil }
        let shape = Shape<RuleTestFile>.structure("a rule test file") { fields in
            let ruleFiles = fields.value("rule_files", .list(of: Shape<String>.string.placed), default: [])
            let playbookFiles = fields.value("playbook_files", .list(of: Shape<String>.string.placed), default: [])
            let interval = fields.value("evaluation_interval", .milliseconds, default: .zero)
            let order = fields.value("group_eval_order", .list(of: Shape<String>.string.placed), default: [])
            let isFuzzy = fields.value("fuzzy_compare", .boolean, default: false)
            let evaluationInterval = interval == .zero ? .minutes(1) : interval
            let tests = fields.value(
                "tests",
                .list(of: .ruleTest(in: source, evaluationInterval: evaluationInterval)),
                default: []
            )
            if let repeated = Self.firstRepeated(order) {
                fields.refuse(
                    "rule-test/repeated-group",
                    "group name repeated in evaluation order: \(repeated.value)",
                    at: repeated.range
                )
            }
            return RuleTestFile(
                source: source,
                ruleFiles: ruleFiles,
                playbookFiles: playbookFiles,
                evaluationInterval: evaluationInterval,
                groupOrder: order,
                isFuzzy: isFuzzy,
                tests: tests.enumerated().map { $1.titled(number: $0) }
            )
        }
        guard let file = document.decode(shape, problems: problems), !problems.hasErrors else { return nil }
        self = file
    }

    private static func firstRepeated(_ names: [Placed<String>]) -> Placed<String>? {
        var seen: Set<[UInt8]> = []
        return names.first { !seen.insert(Array($0.value.utf8)).inserted }
    }
}

extension RuleTest {
    /// The test with the title it has as the so manyth of its file.
    fileprivate func titled(number: Int) -> RuleTest {
        guard name.isEmpty else { return self }
        return RuleTest(
            name: name,
            title: "unnamed#\(number)",
            interval: interval,
            start: start,
            series: series,
            alerts: alerts,
            expressions: expressions,
            playbooks: playbooks,
            externalLabels: externalLabels,
            externalURL: externalURL,
            problems: problems,
            range: range
        )
    }
}
