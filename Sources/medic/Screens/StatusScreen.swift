import Metrics
import Terminal

/// Everything that is going on, on one screen: what is ill in full, what is well in numbers.
struct StatusScreen {
    let terminal: Terminal
    let now: Timestamp

    // A screen is to be taken in at a glance; the verbs of their own list everything.
    private static let rowsMax = 12

    func text(_ report: StatusReport) -> String {
        var text = heading(report) + sight(report) + treatment(report)
        if let health = report.health { text += checks(health) }
        text += section("alerts", report.alerts.count, "medic alerts") {
            AlertTable(terminal: terminal, now: now).text(Array(report.alerts.prefix(Self.rowsMax)), indent: 2)
        }
        text += section("targets that are down", report.illTargets.count, "medic targets") {
            TargetTable(terminal: terminal, now: now).text(Array(report.illTargets.prefix(Self.rowsMax)), indent: 2)
        }
        text += section("units that have failed", report.illUnits.count, "medic units --state failed") {
            UnitTable(terminal: terminal, now: now).text(Array(report.illUnits.prefix(Self.rowsMax)), indent: 2)
        }
        text += section("rules that fail", report.failingRules.count, "medic rules --state failing") {
            report.failingRules.prefix(Self.rowsMax).map {
                "  \($0.name.onOneLine): \(terminal.styled($0.lastError.onOneLine, .red))\n"
            }
            .joined()
        }
        let runs = report.runs ?? []
        text += section("open runs", runs.count, "medic runs --state open") { table(of: runs) }
        if report.alerts.isEmpty && report.illTargets.isEmpty && report.illUnits.isEmpty && runs.isEmpty {
            text += "\n" + terminal.styled("nothing is ill", .green) + "\n"
        }
        return text
    }

    private func heading(_ report: StatusReport) -> String {
        let status = report.health?.status ?? ""
        let state = status.isEmpty ? "answers" : "is \(status)"
        var text =
            "\(terminal.styled(report.program.onOneLine, .bold)) \(terminal.styled(state, Self.style(of: status)))"
        if let started = report.startedAt { text += ", up for \(Span.text(now - started))" }
        if let reloaded = report.reloadedAt {
            text +=
                report.reloadSucceeded
                ? ", configuration read \(Span.ago(reloaded, from: now))"
                : ", " + terminal.styled("the last reload failed \(Span.ago(reloaded, from: now))", .red)
        }
        return text + "\n"
    }

    private func sight(_ report: StatusReport) -> String {
        func counted(_ count: Int, _ noun: String, ill: Int, _ word: String) -> String {
            let all = "\(count) \(noun)\(count == 1 ? "" : "s")"
            return ill == 0 ? all : "\(all) (\(terminal.styled("\(ill) \(word)", .red)))"
        }
        let parts = [
            counted(report.targets.count, "target", ill: report.illTargets.count, "down"),
            counted(report.unitCount, "unit", ill: report.illUnits.count, "failed"),
            counted(report.rules.count, "rule", ill: report.failingRules.count, "failing"),
        ]
        return "sees " + parts.joined(separator: ", ") + "\n"
    }

    /// What may be done about what is ill.
    private func treatment(_ report: StatusReport) -> String {
        guard report.runs != nil else { return "" }
        var text = PlaybookScreen(terminal: terminal, now: now).healing(report.healing)
        let modes = report.playbookModes
        guard !modes.isEmpty else { return text + "treats nothing: it has no playbooks\n" }
        let playbooks = "\(modes.count) playbook\(modes.count == 1 ? "" : "s")"
        let counts = ["auto", "approve", "observe", "off"].compactMap { mode in
            let count = modes.count { $0 == mode }
            return count == 0 ? nil : "\(count) \(mode)"
        }
        if modes.allSatisfy({ $0 == "observe" || $0 == "off" }) {
            text += "treats nothing: \(playbooks) only \(modes.count == 1 ? "observes" : "observe")\n"
        } else {
            let modes =
                counts.count == 1
                ? counts[0].split(separator: " ").last.map(String.init) ?? "" : counts.joined(separator: ", ")
            text += "treats with \(playbooks) (\(modes))\n"
        }
        return text
    }

    private func checks(_ health: HealthTold) -> String {
        let ill = health.checks.filter { $0.status != "healthy" }
        if ill.isEmpty { return "" }
        return "\n"
            + ill.map { check in
                let state = terminal.styled(check.status, Self.style(of: check.status))
                return "  \(check.name.onOneLine) is \(state): \(check.message.onOneLine)\n"
            }
            .joined()
    }

    private func section(_ title: String, _ count: Int, _ command: String, _ body: () -> String) -> String {
        if count == 0 { return "" }
        var text =
            "\n" + terminal.styled("\(count) \(count == 1 ? Self.singular(title) : title)", .bold) + "\n" + body()
        if count > Self.rowsMax {
            text += terminal.styled("  and \(count - Self.rowsMax) more: \(command)", .faint) + "\n"
        }
        return text
    }

    private static func singular(_ title: String) -> String {
        switch title {
        case "alerts": "alert"
        case "targets that are down": "target that is down"
        case "units that have failed": "unit that has failed"
        case "rules that fail": "rule that fails"
        default: "open run"
        }
    }

    private func table(of runs: [StatusReport.Run]) -> String {
        let table = FittedTable(
            terminal: terminal,
            columns: [
                .init(title: "STATE"), .init(title: "PLAYBOOK", givesWay: true),
                .init(title: "SUBJECT", givesWay: true),
                .init(title: "OPENED"), .init(title: "RUN", givesWay: true),
            ]
        )
        let rows = runs.prefix(Self.rowsMax).map { run -> [FittedTable.Cell] in
            [
                .init(run.state, .yellow), .init(run.playbook), .init(run.subject),
                .init(Span.ago(run.opened, from: now)),
                .init(run.id),
            ]
        }
        let waits = runs.prefix(Self.rowsMax).filter { $0.state == "waiting" }.map { run in
            terminal.styled("  medic playbook approve \(run.id)", .bold) + ", or refuse: it waits for somebody\n"
        }
        return table.text(rows, indent: 2) + waits.joined()
    }

    static func style(of health: String) -> Terminal.Style {
        switch health {
        case "healthy": .green
        case "degraded": .yellow
        case "unhealthy": .red
        default: .bold
        }
    }
}
