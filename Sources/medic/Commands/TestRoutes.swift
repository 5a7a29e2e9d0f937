import Agent
import Diagnostics
import Proving
import Terminal

/// `medic test routes FILE...`
enum TestRoutesCommand {
    static let command = Command(
        path: ["test", "routes"],
        summary: "run tests of routes, silences, inhibition and time intervals",
        arguments: [Argument(placeholder: "FILE", summary: "test files", kind: .file, isRepeated: true)],
        flags: [TestRulesCommand.verbose],
        details: """
            A file names the configuration under test (config_files) and has tests: input_alerts (labels, annotations, starts_at, ends_at) \
            and input_silences (matchers, starts_at, ends_at) come over time; route_test (labels, exp_receivers), notification_test \
            (eval_time, exp_notifications of receiver, group_labels, firing and resolved) and alert_state_test (eval_time, labels, \
            exp_state: active, silenced, inhibited, muted or resolved) say what must come of them. A notification_test lists all that \
            is told since the one before it.

            Time is virtual: weeks pass in milliseconds. Of a failure the expected lines stand behind -, those that came instead behind +.
            """,
        examples: [
            Command.Example(line: "medic test routes routes_test.yml", explanation: "who is told of what, and when")
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "every test passed"),
            Command.Exit(code: .notFine, meaning: "a test failed, or a file cannot be used"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        var isSuccess = true
        for path in invocation.arguments {
            let (text, passed) = outcome(of: path, console, isVerbose: invocation.isSet(TestRulesCommand.verbose))
            isSuccess = isSuccess && passed
            try console.write(text)
        }
        return isSuccess ? .fine : .notFine
    }

    /// Whether a file is one of tests of routes: it names the configuration that it is about.
    static func isTest(_ path: String, _ console: Console) -> Bool {
        guard path != "-", let text = try? console.readText(path) else { return false }
        return text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("config_files:") }
    }

    /// Runs the tests of a file.
    static func outcome(of path: String, _ console: Console, isVerbose: Bool) -> (text: String, isSuccess: Bool) {
        let runner = RouteTestRunner(library: RuleTestFolder(console), zones: ConfigurationLoader.timeZones)
        let report = runner.run(path)
        return (text(of: report, console.output, isVerbose: isVerbose), report.isSuccess)
    }

    private static func text(of report: RouteTestReport, _ terminal: Terminal, isVerbose: Bool) -> String {
        var text = "Unit Testing:  \(report.path)\n"
        text +=
            report.isSuccess ? "  \(terminal.styled("SUCCESS", .green))\n" : "  \(terminal.styled("FAILED:", .red))\n"
        if let obstacle = report.obstacle { text += "    \(obstacle)\n" }
        let style = TextStyle(isColoured: terminal.hasColour, width: terminal.width)
        text += DiagnosticFormat.text.render(report.diagnostics, style: style)
        for verdict in report.verdicts where isVerbose || !verdict.isSuccess {
            let mark = verdict.isSuccess ? terminal.styled("passed", .green) : terminal.styled("failed", .red)
            text += "    \(mark): \(verdict.title) (\(report.path):\(verdict.place.line))\n"
            for failure in verdict.failures {
                text += "      \(terminal.styled(failure.headline, .bold)) (line \(failure.place.line))\n"
                text += failure.rows.map { RuleReportText.drawn($0, terminal) + "\n" }.joined()
            }
        }
        return text + "\n"
    }
}
