import Alerting
import JSON
public import Metrics
import Rules

/// Alerts as medic's API tells of them.
public enum AlertTree {
    /// The number by which Alertmanager's API names an alert too.
    public static func fingerprint(_ labels: Labels) -> String { Fingerprint(labels).description }

    /// An alert as lists show it.
    static func line(_ found: FoundAlert) -> JSONValue {
        let alert = found.alert
        return .tree { tree in
            tree.add("fingerprint", text: fingerprint(alert.labels))
            tree.add("name", text: alert.labels["alertname"])
            tree.add("labels", labels: alert.labels)
            tree.add("annotations", .labels(alert.annotations))
            tree.add("state", text: alert.phase.rawValue)
            tree.add("value", text: Number.answer(alert.value))
            tree.add("activeAt", at: alert.activeSince)
            tree.add("firesSince", at: alert.startsAt)
            tree.add("forSeconds", span: found.hold)
            tree.add("keepFiringForSeconds", span: found.keepFiring)
            tree.add("isFlapping", flag: alert.flapping.isFlapping)
            tree.add("unit", text: unit(of: alert.labels))
            tree.add("group", text: found.group)
            tree.add("file", text: found.file)
        }
    }

    /// The unit that an alert is about.
    static func unit(of labels: Labels) -> String? {
        ["unit", "name"].compactMap { labels[$0] }.first { $0.contains(".") && !$0.contains("/") && !$0.contains(" ") }
    }

    static func journal(_ lines: [JournalLine]) -> [JSONValue] {
        lines.map { line in
            .tree { tree in
                tree.add("at", at: line.at)
                tree.add("priority", text: line.priority)
                tree.add("program", text: line.program)
                tree.add("text", text: line.text)
            }
        }
    }
}

/// An alert with the rule that raised it.
struct FoundAlert: Sendable {
    let alert: Alert
    let query: String
    let hold: Milliseconds
    let keepFiring: Milliseconds
    let group: String
    let file: String
}

extension OperatingDesk {
    /// All pending and firing alerts, the firing ones first.
    func foundAlerts() async -> [FoundAlert] {
        var found: [FoundAlert] = []
        for group in await ruleGroups() {
            for rule in group.rules {
                guard case .alerting(let hold, let keepFiring, _, _) = rule.kind else { continue }
                found += rule.activeAlerts.map {
                    FoundAlert(
                        alert: $0,
                        query: rule.query,
                        hold: hold,
                        keepFiring: keepFiring,
                        group: group.name,
                        file: group.file
                    )
                }
            }
        }
        return found.filter { $0.alert.phase == .firing } + found.filter { $0.alert.phase != .firing }
    }

    /// The rule that would raise an alert of this name.
    func rule(named name: String) async -> (rule: RuleReport, group: RuleGroupReport)? {
        for group in await ruleGroups() {
            for rule in group.rules where rule.name.utf8.elementsEqual(name.utf8) {
                if case .alerting = rule.kind { return (rule, group) }
            }
        }
        return nil
    }
}
