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
        // Most of the time there is nothing to note.
        let hasNotes = alerts.contains { !$0.note.isEmpty }
        let columns: [FittedTable.Column] = [
            .init(title: "STATE"), .init(title: "ALERT", givesWay: true), .init(title: "SEVERITY", isLeftOut: true),
            .init(title: "SINCE"), .init(title: "VALUE", isNumber: true, isLeftOut: true),
            .init(title: "LABELS", givesWay: true),
        ]
        let table = FittedTable(terminal: terminal, columns: columns + (hasNotes ? [.init(title: "NOTE")] : []))
        let rows = alerts.map { alert in
            row(alert) + (hasNotes ? [FittedTable.Cell(alert.note.onOneLine, .faint)] : [])
        }
        return table.text(rows, indent: indent)
    }

    /// The value as people write it, rather than as the API does.
    static func value(_ alert: AlertReport) -> String {
        Double(alert.value).map { Number.answer(Digits.rounded($0)) } ?? alert.value.onOneLine
    }

    private func row(_ alert: AlertReport) -> [FittedTable.Cell] {
        let severity = alert.labels["severity"] ?? ""
        return [
            .init(alert.state, alert.isFiring ? .red : .yellow),
            .init(alert.name, .bold),
            .init(severity, Self.rank(alert) < 2 ? .red : nil),
            .init(Span.ago(alert.activeAt, from: now)),
            .init(Self.value(alert)),
            .init(alert.labels(without: ["alertname", "severity"])),
        ]
    }
}
