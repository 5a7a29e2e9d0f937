import Diagnostics
import Proving
import Terminal

/// What became of rule tests, for people: promtool's line for each file, and what differs below it.
struct RuleReportText {
    let terminal: Terminal
    let isVerbose: Bool
    let warnsOfVacuous: Bool

    func text(of report: RuleTestFileReport) -> String {
        var text = "Unit Testing:  \(report.path)\n"
        for pattern in report.unmatchedPatterns {
            text += "  \(terminal.styled("WARNING:", .yellow)) no file match pattern \(pattern)\n"
        }
        if report.isSuccess {
            text += "  \(terminal.styled("SUCCESS", .green))\n"
        } else {
            text += "  \(terminal.styled("FAILED:", .red))\n"
        }
        if case .unreadable(let reason) = report.obstacle { text += "    \(reason)\n" }
        text += drawn(report.diagnostics)
        for verdict in report.verdicts where isVerbose || !verdict.isSuccess {
            text += self.text(of: verdict, in: report.path)
        }
        return text + "\n"
    }

    private func text(of verdict: RuleTestVerdict, in path: String) -> String {
        let mark = verdict.isSuccess ? terminal.styled("passed", .green) : terminal.styled("failed", .red)
        var text = "    \(mark): \(verdict.title) (\(path):\(verdict.place.line))\n"
        for failure in verdict.failures {
            if case .malformed(let problems) = failure.fact {
                text += drawn(problems)
                continue
            }
            let place = failure.place.map { " (line \($0.line))" } ?? ""
            text += "      \(terminal.styled(failure.headline, .bold))\(place)\n"
            text += failure.rows.map { Self.drawn($0, terminal) + "\n" }.joined()
        }
        return text
    }

    static func drawn(_ row: EvaluationFailure.Row, _ terminal: Terminal) -> String {
        switch row {
        case .same(let text): "          \(text)"
        case .expected(let text): "        " + terminal.styled("- \(text)", .red)
        case .got(let text): "        " + terminal.styled("+ \(text)", .green)
        case .remark(let text): "          " + terminal.styled(text, .faint)
        }
    }

    private func drawn(_ diagnostics: [Diagnostic]) -> String {
        let style = TextStyle(isColoured: terminal.hasColour, width: terminal.width)
        return DiagnosticFormat.text.render(diagnostics, style: style)
    }

    /// Rules whose tests prove nothing, where that is asked for.
    func text(of rules: [AlertingRuleUse]) -> String {
        guard warnsOfVacuous else { return "" }
        return rules.filter { $0.isVacuous || (isVerbose && $0.isUntested) }.map { rule in
            let warning = terminal.styled("warning:", .yellow)
            let place = "\(rule.file):\(rule.place.line):\(rule.place.column)"
            let reason =
                rule.isVacuous
                ? "never fires in the tests that ask for it, so they could not fail: \(Self.names(rule.askedIn))"
                : "has no test"
            return "\(place): \(warning) alert \(rule.name) of group \(rule.group) \(reason)\n"
        }
        .joined()
    }

    // More names than this say no more.
    private static let namesMax = 3

    private static func names(_ tests: [AlertingRuleUse.TestName]) -> String {
        let names = tests.prefix(namesMax).map { "'\($0.title)' in \($0.file)" }.joined(separator: ", ")
        return tests.count > namesMax ? "\(names) and \(tests.count - namesMax) more" : names
    }
}
