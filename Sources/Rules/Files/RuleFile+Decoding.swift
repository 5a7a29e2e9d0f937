public import Diagnostics
import Metrics
import PromQL
public import YAML

extension RuleFile {
    /// Reads a rule file. Everything that is wrong goes into `problems`, in one pass; nil when the file cannot be used.
    public init?(_ source: SourceText, problems: Problems) {
        guard let document = YAMLDocument(source, problems: problems) else { return nil }
        let shape = Shape<[RuleGroup]>.structure("a rule file") { fields in
            fields.value("groups", .list(of: .ruleGroup(in: source)), default: [])
        }
        let groups = document.decode(shape, problems: problems)
        if let groups {
            Self.refuseRepeatedNames(groups, problems)
            Self.checkTemplates(groups, in: source, problems)
        }
        guard let groups, !problems.hasErrors else { return nil }
        self.init(source: source, groups: groups)
    }

    private static func refuseRepeatedNames(_ groups: [RuleGroup], _ problems: Problems) {
        // Told apart by bytes, as everything Prometheus names.
        var seen: Set<[UInt8]> = []
        for group in groups where !seen.insert(Array(group.name.value.utf8)).inserted {
            problems.error(
                "rules/repeated-group",
                "group name \"\(group.name.value)\" is repeated in the same file",
                at: group.name.range,
                help: "give each group of a file a name of its own"
            )
        }
    }
}
