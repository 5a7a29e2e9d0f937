import Metrics
import Terminal

/// Rules for people, group by group.
struct RuleTable {
    let terminal: Terminal
    let now: Timestamp

    func text(_ groups: [RuleGroupTold]) -> String {
        if groups.isEmpty { return terminal.styled("no rules", .faint) + "\n" }
        let table = FittedTable(
            terminal: terminal,
            columns: [
                .init(title: "STATE"), .init(title: "RULE", givesWay: true),
                .init(title: "GROUP", givesWay: true, isLeftOut: true), .init(title: "EVALUATED"),
                .init(title: "TOOK", isNumber: true, isLeftOut: true), .init(title: "EVERY", isLeftOut: true),
            ]
        )
        let rows = groups.flatMap { group in group.rules.map { row($0, of: group) } }
        return table.text(rows) + problems(groups)
    }

    private func row(_ rule: RuleTold, of group: RuleGroupTold) -> [FittedTable.Cell] {
        [
            state(of: rule), .init(rule.name), .init(group.name), .init(Span.ago(rule.lastEvaluation, from: now)),
            .init(Took.text(seconds: rule.tookSeconds)), .init(Span.text(group.interval)),
        ]
    }

    private func state(of rule: RuleTold) -> FittedTable.Cell {
        if rule.health == "err" { return .init("failing", .red) }
        guard rule.isAlerting else { return rule.health == "ok" ? "records" : .init("waiting", .faint) }
        switch rule.state {
        case "firing": return .init("firing", .red)
        case "pending": return .init("pending", .yellow)
        default: return rule.health == "ok" ? .init("quiet", .green) : .init("waiting", .faint)
        }
    }

    /// What is wrong with rules that fail, under the table, since it is long.
    private func problems(_ groups: [RuleGroupTold]) -> String {
        let failing = groups.flatMap(\.rules).filter { !$0.lastError.isEmpty }
        if failing.isEmpty { return "" }
        return "\n"
            + failing.map { rule in
                "\(terminal.styled(rule.name.onOneLine, .bold)): \(terminal.styled(rule.lastError.onOneLine, .red))\n"
            }.joined()
    }
}

/// How long something short took.
enum Took {
    static func text(seconds: Double) -> String {
        guard seconds > 0, seconds.isFinite else { return "" }
        if seconds < 0.001 { return "\(Int((seconds * 1_000_000).rounded()))us" }
        if seconds < 1 { return "\(Number.fixed(seconds * 1_000, digits: seconds < 0.01 ? 1 : 0))ms" }
        return "\(Number.fixed(seconds, digits: seconds < 10 ? 1 : 0))s"
    }
}
