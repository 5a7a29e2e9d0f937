import Diagnostics
import Metrics
import Proving
import Terminal

/// What became of a script, for people.
struct ScriptReportText {
    let terminal: Terminal
    let isVerbose: Bool

    func text(of report: PromQLScriptReport) -> String {
        let name = report.source.name ?? "script"
        var text = ""
        for verdict in report.verdicts { text += self.text(of: verdict, in: name) }
        if !report.verdicts.isEmpty || report.isSuccess {
            text += "\(name): \(Self.summary(of: [report]))\n"
        } else {
            text += "\(name): \(terminal.styled("not run", .red))\n"
        }
        return text
    }

    static func summary(of reports: [PromQLScriptReport]) -> String {
        func sum(_ count: (PromQLScriptReport) -> Int) -> Int { reports.reduce(0) { $0 + count($1) } }
        return "\(sum(\.passed)) passed, \(sum(\.failed)) failed, \(sum(\.skipped)) skipped (native histograms)"
    }

    private func text(of verdict: EvaluationVerdict, in name: String) -> String {
        let evaluation = verdict.evaluation
        let head = "\(name):\(verdict.place.line): "
        let query = "\(evaluation.span.description) \(evaluation.query)"
        switch verdict.outcome {
        case .passed: return isVerbose ? "\(head)\(terminal.styled("passed", .green)): \(query)\n" : ""
        case .skipped(let reason):
            guard isVerbose else { return "" }
            return "\(head)\(terminal.styled("skipped", .yellow)): \(query)\n    it \(reason)\n"
        case .failed(let failure):
            let lines = ["\(head)\(terminal.styled("FAILED", .red)): \(query)"] + details(of: failure)
            return lines.map { $0 + "\n" }.joined()
        }
    }

    private func details(of failure: EvaluationFailure) -> [String] {
        var lines: [String] = []
        switch failure.way {
        case .asWritten: break
        case .pinned(let query, let time):
            lines.append("    evaluated at \(Self.seconds(time)) with the time pinned: \(query)")
        case .middleOfRange(let query, let time):
            lines.append("    as the middle step of a range query, at \(Self.seconds(time)): \(query)")
        }
        let hasSides = failure.rows.contains { if case .same = $0 { false } else { true } }
        lines.append("    \(failure.summary)\(hasSides ? " (- expected, + got)" : "")")
        return lines + failure.rows.map(row)
    }

    private func row(_ row: EvaluationFailure.Row) -> String {
        switch row {
        case .same(let text): "        \(text)"
        case .expected(let text): "      " + terminal.styled("- \(text)", .red)
        case .got(let text): "      " + terminal.styled("+ \(text)", .green)
        case .remark(let text): "        " + terminal.styled("(\(text))", .faint)
        }
    }

    private static func seconds(_ time: Timestamp) -> String { (time - .epoch).promQLText }
}
