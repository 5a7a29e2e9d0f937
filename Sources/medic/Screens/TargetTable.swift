import Metrics
import Terminal

/// Scrape targets for people.
struct TargetTable {
    let terminal: Terminal
    let now: Timestamp

    /// What is down comes first.
    static func goesBefore(_ left: TargetTold, _ right: TargetTold) -> Bool {
        let ranks = (rank(left.health), rank(right.health))
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        return (left.job, left.instance) < (right.job, right.instance)
    }

    private static func rank(_ health: String) -> Int {
        switch health {
        case "down": 0
        case "up": 2
        default: 1
        }
    }

    func text(_ targets: [TargetTold], indent: Int = 0) -> String {
        if targets.isEmpty { return terminal.styled("no targets", .faint) + "\n" }
        let table = FittedTable(
            terminal: terminal,
            columns: [
                .init(title: "HEALTH"), .init(title: "JOB", givesWay: true), .init(title: "INSTANCE", givesWay: true),
                .init(title: "SCRAPED", isLeftOut: true), .init(title: "TOOK", isNumber: true, isLeftOut: true),
                .init(title: "", givesWay: true),
            ]
        )
        return table.text(targets.map(row), indent: indent)
    }

    private func row(_ target: TargetTold) -> [FittedTable.Cell] {
        [
            .init(target.health, target.health == "up" ? .green : target.health == "down" ? .red : .yellow),
            .init(target.job), .init(target.instance), .init(Span.ago(target.lastScrape, from: now)),
            .init(Took.text(seconds: target.tookSeconds)), .init(target.lastError, .red),
        ]
    }
}
