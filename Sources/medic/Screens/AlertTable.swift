import Metrics
import Terminal

/// Alerts for people.
struct AlertTable {
    let terminal: Terminal
    let now: Timestamp

    /// What fires comes first, then what is worse, then what is older.
    static func goesBefore(_ left: AlertReport, _ right: AlertReport) -> Bool {
        if left.isFiring != right.isFiring { return left.isFiring }
        let ranks = (rank(left), rank(right))
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        let moments = (left.activeAt ?? .epoch, right.activeAt ?? .epoch)
        return moments.0 != moments.1 ? moments.0 < moments.1 : left.labels < right.labels
    }

    private static func rank(_ alert: AlertReport) -> Int {
        switch alert.labels["severity"] {
        case "critical", "page": 0
        case "error", "high": 1
        case "warning": 2
        case nil: 4
        default: 3
        }
    }

    func text(_ alerts: [AlertReport], indent: Int = 0) -> String {
        if alerts.isEmpty { return terminal.styled("no alerts", .green) + "\n" }
        let table = FittedTable(
            terminal: terminal,
            columns: [
                .init(title: "STATE"), .init(title: "ALERT", givesWay: true), .init(title: "SEVERITY"),
                .init(title: "SINCE"), .init(title: "VALUE", isNumber: true, isLeftOut: true),
                .init(title: "LABELS", givesWay: true),
            ]
        )
        return table.text(alerts.map(row), indent: indent)
    }

    private func row(_ alert: AlertReport) -> [FittedTable.Cell] {
        let severity = alert.labels["severity"] ?? ""
        let value = Double(alert.value).map { Number.answer(Digits.rounded($0)) } ?? alert.value
        return [
            .init(alert.state, alert.isFiring ? .red : .yellow),
            .init(alert.name, .bold),
            .init(severity, Self.rank(alert) < 2 ? .red : nil),
            .init(Span.ago(alert.activeAt, from: now)),
            .init(value),
            .init(alert.labels(without: ["alertname", "severity"])),
        ]
    }
}
