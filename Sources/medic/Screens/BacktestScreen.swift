import Diagnostics
import JSON
import Metrics
import Proving
import Terminal

/// What a backtest found, for people and for programs.
struct BacktestScreen {
    private let report: Backtest.Report
    private let start: Timestamp
    private let end: Timestamp

    init(_ report: Backtest.Report, from start: Timestamp, to end: Timestamp) {
        self.report = report
        self.start = start
        self.end = end
    }

    func text(_ terminal: Terminal) -> String {
        let table = TextTable(terminal)
        var text = "\(start.rfc3339Text) to \(end.rfc3339Text), \(report.evaluations) evaluations\n"
        for problem in report.problems { text += "\(terminal.styled("warning:", .yellow)) \(problem.onOneLine)\n" }
        if report.isCut { text += "\(terminal.styled("warning:", .yellow)) cut short: it would take too long\n" }
        text += "\nAlerts that would have fired\n"
        let fired = report.changes.filter(\.isFiring)
        if fired.isEmpty {
            text += "  none\n"
        } else {
            let rows = fired.map { change in
                [change.at.rfc3339Text, length(of: change), change.labels.description.onOneLine]
            }
            text += table.text(["since", "for", "alert"], rows, indent: "  ")
        }
        text += "\nRuns there would have been\n"
        if report.runs.isEmpty { text += "  none\n" }
        for run in report.runs {
            text +=
                "  \(run.opened.rfc3339Text)  \(run.playbook) for \(run.subject.description.onOneLine): \(run.state)"
            text += run.reason.isEmpty ? "\n" : ": \(run.reason.onOneLine)\n"
            for step in run.steps { text += "      \(step.onOneLine)\n" }
        }
        return text
    }

    /// How long the alert fired, as far as was looked.
    private func length(of change: Backtest.Change) -> String {
        let over = report.changes.first { !$0.isFiring && $0.at > change.at && $0.labels == change.labels }
        return over.map { ($0.at - change.at).promQLText } ?? "to the end"
    }

    var json: String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("start", start.rfc3339Text)
            writer.member("end", end.rfc3339Text)
            writer.member("evaluations", report.evaluations)
            writer.member("cut", report.isCut)
            writer.member("problems") { writer in
                writer.array { writer in for problem in report.problems { writer.value(problem) } }
            }
            writer.member("alerts") { writer in
                writer.array { writer in for change in report.changes { write(change, &writer) } }
            }
            writer.member("runs") { writer in
                writer.array { writer in for run in report.runs { write(run, &writer) } }
            }
        }
        return writer.text
    }

    private func write(_ labels: Labels, _ writer: inout JSONWriter) {
        writer.object { writer in
            for label in labels { writer.member(label.name, label.value) }
        }
    }

    private func write(_ change: Backtest.Change, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("at", change.at.rfc3339Text)
            writer.member("firing", change.isFiring)
            writer.member("labels") { write(change.labels, &$0) }
        }
    }

    private func write(_ run: Backtest.PastRun, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("opened", run.opened.rfc3339Text)
            if let ended = run.ended { writer.member("ended", ended.rfc3339Text) }
            writer.member("playbook", run.playbook)
            writer.member("subject") { write(run.subject, &$0) }
            writer.member("state", run.state)
            writer.member("reason", run.reason)
            writer.member("steps") { writer in
                writer.array { writer in for step in run.steps { writer.value(step) } }
            }
        }
    }
}
