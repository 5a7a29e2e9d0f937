import JSON
import Metrics
import Terminal

/// One unit, as `systemctl status` would tell of it and with what medic makes of it.
struct UnitScreen {
    /// What is known of the unit.
    struct Report {
        let name: String
        let units: [UnitReport]
        let alerts: [AlertReport]
        let runs: [StatusReport.Run]
        /// What else the agent tells of it, where it does.
        let more: JSONValue?

        init(_ name: String, _ client: AgentClient) throws(AgentFailure) {
            self.name = UnitPattern.full(name)
            let wanted = self.name
            units = try client.units([wanted])
            alerts = try client.alerts().filter { alert in
                ["name", "unit"].contains { alert.labels[$0]?.utf8.elementsEqual(wanted.utf8) == true }
            }
            .sorted(by: AlertTable.goesBefore)
            let told = try client.offered("/medic/v1/runs", [("unit", wanted)])
            runs = (told?["runs"]?.array ?? []).map(StatusReport.Run.init)
            let path = FormPath.encoded(wanted)
            more = try client.offered("/medic/v1/units/\(path)")
        }

        var isWell: Bool { !units.isEmpty && !units.contains(where: \.isIll) && alerts.isEmpty }

        func write(_ writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("name", name)
                writer.member("units") { writer in
                    writer.array { writer in for unit in units { unit.write(&writer) } }
                }
                writer.member("alerts") { $0.value(.array(alerts.map(\.tree))) }
                writer.member("runs") { $0.value(.array(runs.map(\.tree))) }
                if let more { writer.member("more") { $0.value(more) } }
            }
        }
    }

    let terminal: Terminal
    let now: Timestamp

    func text(_ report: Report) -> String {
        guard !report.units.isEmpty || !report.alerts.isEmpty || report.more != nil else {
            return "the agent sees no unit \(report.name.onOneLine)\n"
        }
        var text = report.units.map { facts($0, report.more) }.joined()
        if report.units.isEmpty {
            text = "\(terminal.styled(report.name.onOneLine, .bold)) is not known to systemd now\n"
        }
        text += "\n"
        text += AlertTable(terminal: terminal, now: now).text(report.alerts)
        if !report.runs.isEmpty {
            text += "\n" + terminal.styled("runs", .bold) + "\n"
            text += report.runs.prefix(10).map { run in
                "  \(run.state.onOneLine)  \(run.playbook.onOneLine)  \(Span.ago(run.opened, from: now))  \(run.id.onOneLine)\n"
            }
            .joined()
        }
        guard let more = report.more else { return text }
        let reasons = ReasonText(terminal: terminal, now: now)
        let playbooks = more["playbooks"]?.array ?? []
        if !playbooks.isEmpty {
            text += "\n" + terminal.styled("playbooks", .bold) + "\n" + reasons.playbooks(playbooks)
        }
        let journal = more["journal"]?.array ?? []
        if !journal.isEmpty {
            text += "\n" + terminal.styled("journal", .bold) + "\n" + reasons.journal(journal.suffix(Self.journalLines))
        }
        return text
    }

    // As many as systemctl shows.
    private static let journalLines = 10

    /// How it ended, where that was not well.
    private static func result(_ more: JSONValue?) -> String {
        let result = more?.text("result").onOneLine ?? ""
        return result == "success" ? "" : result
    }

    private func facts(_ unit: UnitReport, _ more: JSONValue?) -> String {
        let dot = terminal.drawsUnicode ? "●" : "*"
        let style = UnitTable.style(of: unit.state) ?? .bold
        var text = "\(terminal.styled(dot, style)) \(terminal.styled(unit.name.onOneLine, .bold))"
        let description = more?.text("description") ?? ""
        if !description.isEmpty { text += " - \(description.onOneLine)" }
        text += unit.instance.isEmpty ? "\n" : " on \(unit.instance.onOneLine)\n"
        var state = terminal.styled(unit.state.onOneLine, style)
        if let sub = more?.text("sub"), !sub.isEmpty { state += " (\(sub.onOneLine))" }
        if let started = unit.started { state += ", started \(Span.ago(started, from: now))" }
        let facts = [
            ("state", state), ("result", Self.result(more)), ("says", more?.text("statusText").onOneLine ?? ""),
            ("main pid", more?["mainPID"]?.integer.map { "\($0)" } ?? ""), ("restarts", UnitTable.count(unit.restarts)),
            ("memory", UnitTable.bytes(unit.memoryBytes)),
            ("tasks", UnitTable.count(unit.tasks)), ("cpu", UnitTable.share(unit.processorShare)),
        ]
        for (name, value) in facts where !value.isEmpty {
            text += "  " + name + String(repeating: " ", count: max(1, 10 - name.utf8.count)) + value + "\n"
        }
        return text
    }
}

/// A piece of a path in a URL.
enum FormPath {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
