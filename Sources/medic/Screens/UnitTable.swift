import Metrics
import Terminal

/// Units for people.
struct UnitTable {
    let terminal: Terminal
    let now: Timestamp

    func text(_ units: [UnitReport], indent: Int = 0) -> String {
        if units.isEmpty { return terminal.styled("no units", .faint) + "\n" }
        // A column that says the same of all would only take room.
        let tellsInstance = Set(units.map(\.instance)).count > 1
        var columns: [FittedTable.Column] = [
            .init(title: "STATE"), .init(title: "UNIT", givesWay: true), .init(title: "STARTED"),
            .init(title: "RESTARTS", isNumber: true), .init(title: "MEMORY", isNumber: true),
            .init(title: "TASKS", isNumber: true, isLeftOut: true),
            .init(title: "CPU", isNumber: true, isLeftOut: true),
        ]
        if tellsInstance { columns.append(.init(title: "INSTANCE", givesWay: true)) }
        let table = FittedTable(terminal: terminal, columns: columns)
        return table.text(units.map { row($0) + (tellsInstance ? [.init($0.instance)] : []) }, indent: indent)
    }

    static func style(of state: String) -> Terminal.Style? {
        switch state {
        case "failed": .red
        case "active": .green
        case "inactive": .faint
        default: .yellow
        }
    }

    private func row(_ unit: UnitReport) -> [FittedTable.Cell] {
        [
            .init(unit.state, Self.style(of: unit.state)), .init(unit.name),
            .init(Span.ago(unit.started, from: now)),
            .init(Self.count(unit.restarts), unit.restarts ?? 0 > 0 ? .yellow : nil),
            .init(Self.bytes(unit.memoryBytes)), .init(Self.count(unit.tasks)), .init(Self.share(unit.processorShare)),
        ]
    }

    static func count(_ value: Double?) -> String {
        value.map { Number.answer(Digits.rounded($0)) } ?? ""
    }

    /// In the largest unit that leaves a number before the point: `1.5G`.
    static func bytes(_ value: Double?) -> String {
        guard var value, value >= 0, value.isFinite else { return "" }
        for unit in ["B", "K", "M", "G", "T"] {
            if value < 1_000 || unit == "T" {
                return Number.fixed(value, digits: value < 10 && unit != "B" ? 1 : 0) + unit
            }
            value /= 1_024
        }
        return ""
    }

    /// As a part of one processor.
    static func share(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return Number.fixed(value * 100, digits: value < 0.1 ? 1 : 0) + "%"
    }
}
