import History
import JSON
import Metrics
import Terminal

/// Records and runs for people: how long ago and fitted to the window where somebody looks on, whole and with exact times where not.
struct HistoryText {
    let terminal: Terminal
    var now = WallClock.now()

    private func time(_ moment: Timestamp) -> String {
        terminal.isInteractive ? Span.ago(moment, from: now) : moment.rfc3339Text
    }

    func table(of records: [StoredRecord]) -> String {
        let columns: [FittedTable.Column] = [
            .init(title: "TIME"), .init(title: "KIND", isLeftOut: true), .init(title: "WHAT", givesWay: true),
            .init(title: "ABOUT", givesWay: true), .init(title: "", givesWay: true),
        ]
        let rows = records.map { stored in
            var cells = Self.cells(of: stored.record)
            // What the sentence names already would only take its room.
            if terminal.isInteractive, cells[4].contains(cells[3]) { cells[3] = "" }
            return [FittedTable.Cell(time(stored.record.at), .faint)] + cells.dropFirst().map { FittedTable.Cell($0) }
        }
        return FittedTable(terminal: terminal, columns: columns).text(rows)
    }

    /// One record as it happens: no columns, since nobody knows how wide the next will be.
    func line(of record: HistoryRecord) -> String {
        Self.cells(of: record).filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private static func cells(of record: HistoryRecord) -> [String] {
        [
            record.at.rfc3339Text, record.kind.rawValue, record.name.onOneLine,
            (record.alert ?? record.playbook ?? record.unit ?? record.run ?? "").onOneLine, record.text.onOneLine,
        ]
    }

    func table(of runs: [RunEntry]) -> String {
        let columns: [FittedTable.Column] = [
            .init(title: "RUN"), .init(title: "OPENED"), .init(title: "TOOK", isLeftOut: true), .init(title: "STATE"),
            .init(title: "PLAYBOOK", givesWay: true), .init(title: "SUBJECT", givesWay: true),
        ]
        let rows = runs.map { run -> [FittedTable.Cell] in
            [
                FittedTable.Cell(run.id), FittedTable.Cell(time(run.opened), .faint), FittedTable.Cell(span(run)),
                FittedTable.Cell(run.state, Self.style(of: run.state)), FittedTable.Cell(run.playbook),
                FittedTable.Cell(run.subject),
            ]
        }
        return FittedTable(terminal: terminal, columns: columns).text(rows)
    }

    /// Green is well, red is not, yellow waits for somebody.
    private static func style(of state: String) -> Terminal.Style? {
        switch state {
        case "healed": .green
        case "unhealed", "interrupted", "inconclusive", "failed": .red
        case "waiting", "blocked", "expired", "refused": .yellow
        case "running", "verifying": .blue
        default: nil
        }
    }

    /// What a step said of itself: it stands within the record of the attempt.
    private static func message(of step: StepEntry) -> String {
        let said = step.outcome["outcome"]?["message"] ?? step.outcome["message"]
        return said?.string ?? ""
    }

    /// Of a failure the message beside it tells the rest.
    private static func result(of step: StepEntry) -> String {
        let result = step.result?.onOneLine ?? "unknown"
        return message(of: step).isEmpty ? result : result.split(separator: ":").first.map(String.init) ?? result
    }

    private func span(_ run: RunEntry) -> String {
        guard let ended = run.ended else { return "open" }
        return span(ended - run.opened)
    }

    /// Nobody who looks on reads the milliseconds of what took seconds.
    private func span(_ span: Milliseconds) -> String {
        terminal.isInteractive && span >= .seconds(1) ? Span.text(span) : span.promQLText
    }

    /// A run with all that is known of it.
    func log(of run: RunEntry, _ steps: [StepEntry], _ records: [HistoryRecord]) -> String {
        var text = terminal.styled("\(run.playbook) on \(run.subject)".onOneLine, .bold) + "\n"
        text += "run       \(run.id.onOneLine)\n"
        if let alert = run.alert { text += "alert     \(alert.onOneLine)\n" }
        let state = terminal.styled(run.state.onOneLine, Self.style(of: run.state) ?? .bold)
        text += "state     \(state)\(run.text.isEmpty ? "" : ": \(run.text.onOneLine)")\n"
        text += "opened    \(time(run.opened))\n"
        if let ended = run.ended {
            text += "ended     \(time(ended)), after \(span(ended - run.opened))\n"
        }
        text += "\n" + (steps.isEmpty ? "no steps\n" : table(of: steps, in: run))
        if !records.isEmpty {
            text += "\n" + (terminal.isInteractive ? table(of: records, since: run.opened) : lines(records))
        }
        return text
    }

    private func lines(_ records: [HistoryRecord]) -> String { records.map { line(of: $0) + "\n" }.joined() }

    private func table(of records: [HistoryRecord], since opened: Timestamp) -> String {
        let columns: [FittedTable.Column] = [
            .init(title: "AFTER", isNumber: true), .init(title: "KIND", isLeftOut: true),
            .init(title: "WHAT", givesWay: true),
        ]
        let rows = records.map { record -> [FittedTable.Cell] in
            [.init(Age.text(record.at - opened), .faint), .init(record.kind.rawValue), .init(record.text)]
        }
        return FittedTable(terminal: terminal, columns: columns).text(rows)
    }

    /// What steps have kept: which files, and with `isWhole` how each begins.
    func evidence(_ kept: [KeptEvidence], isWhole: Bool) -> String {
        guard !kept.isEmpty else { return "" }
        var text = "\nevidence\n"
        for file in kept {
            text += "  step \(file.step)  \(file.name.onOneLine)  \(ByteCount(rawValue: Int64(file.bytes)))\n"
            guard isWhole else { continue }
            for line in (file.text ?? "(no text)").split(separator: "\n", omittingEmptySubsequences: false) {
                text += "    \(String(line).onOneLine)\n"
            }
            if file.isCut { text += "    ...\n" }
        }
        return text
    }

    private func table(of steps: [StepEntry], in run: RunEntry) -> String {
        let rows = steps.map { step in
            [
                "\(step.step)", "\(step.attempt)", Age.text(step.intended - run.opened), step.action.onOneLine,
                Self.result(of: step), step.finished.map { ($0 - step.intended).promQLText } ?? "",
                Self.message(of: step).onOneLine,
            ]
        }
        return TextTable(terminal).text(["STEP", "TRY", "BEGAN", "ACTION", "RESULT", "TOOK", ""], rows)
    }
}

/// Records and runs for machines. Moments are RFC 3339.
enum HistoryJSON {
    static func text(of page: HistoryPage<StoredRecord>) -> String {
        text("records", page.next) { writer in
            for stored in page.elements { write(stored, &writer) }
        }
    }

    static func text(of page: HistoryPage<RunEntry>) -> String {
        text("runs", page.next) { writer in
            for run in page.elements { writer.object { members(of: run, &$0) } }
        }
    }

    static func text(of stored: StoredRecord) -> String {
        var writer = JSONWriter()
        write(stored, &writer)
        return writer.text
    }

    static func text(
        of run: RunEntry,
        _ steps: [StepEntry],
        _ records: [StoredRecord],
        _ kept: [KeptEvidence]
    ) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            members(of: run, &writer)
            writer.member("steps") { writer in
                writer.array { writer in
                    for step in steps { write(step, &writer) }
                }
            }
            writer.member("records") { writer in
                writer.array { writer in
                    for stored in records { write(stored, &writer) }
                }
            }
            writer.member("evidence") { writer in
                writer.array { writer in
                    for file in kept { write(file, &writer) }
                }
            }
        }
        return writer.text
    }

    private static func text(_ name: String, _ next: HistoryCursor?, _ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member(name) { $0.array(body) }
            if let next { writer.member("next", "\(next)") }
        }
        return writer.text
    }

    private static func write(_ stored: StoredRecord, _ writer: inout JSONWriter) {
        let record = stored.record
        writer.object { writer in
            writer.member("id", Int(stored.id))
            writer.member("at", record.at.rfc3339Text)
            writer.member("kind", record.kind.rawValue)
            writer.member("name", record.name)
            member("alert", record.alert, &writer)
            member("fingerprint", record.fingerprint, &writer)
            member("playbook", record.playbook, &writer)
            member("unit", record.unit, &writer)
            member("run", record.run, &writer)
            member("began", record.began?.rfc3339Text, &writer)
            writer.member("text", record.text)
            writer.member("details") { $0.value(record.payload) }
        }
    }

    private static func write(_ file: KeptEvidence, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("step", file.step)
            writer.member("name", file.name)
            writer.member("bytes", file.bytes)
            member("text", file.text, &writer)
            if file.isCut { writer.member("isCut", true) }
        }
    }

    private static func members(of run: RunEntry, _ writer: inout JSONWriter) {
        writer.member("id", run.id)
        writer.member("playbook", run.playbook)
        writer.member("subject", run.subject)
        member("alert", run.alert, &writer)
        member("fingerprint", run.fingerprint, &writer)
        member("unit", run.unit, &writer)
        writer.member("state", run.state)
        writer.member("opened", run.opened.rfc3339Text)
        member("ended", run.ended?.rfc3339Text, &writer)
        writer.member("text", run.text)
        writer.member("details") { $0.value(run.payload) }
    }

    private static func write(_ step: StepEntry, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("step", step.step)
            writer.member("attempt", step.attempt)
            writer.member("action", step.action)
            writer.member("intended", step.intended.rfc3339Text)
            writer.member("intent") { $0.value(step.intent) }
            member("finished", step.finished?.rfc3339Text, &writer)
            member("result", step.result, &writer)
            writer.member("outcome") { $0.value(step.outcome) }
        }
    }

    private static func member(_ name: String, _ text: String?, _ writer: inout JSONWriter) {
        if let text { writer.member(name, text) }
    }
}
