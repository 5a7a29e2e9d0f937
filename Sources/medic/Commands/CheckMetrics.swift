import Metrics

/// `medic check metrics`
enum CheckMetricsCommand {
    static let command = Command(
        path: ["check", "metrics"],
        summary: "check the metrics a target exposes",
        details: """
            Reads Prometheus text from standard input and names what is not as it should be: names without their unit or \
            _total, missing help, and so on, as promtool check metrics does.
            """,
        examples: [
            Command.Example(
                line: "curl -s http://localhost:9100/metrics | medic check metrics",
                explanation: "check an exporter"
            )
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the metrics parse and nothing was found"),
            Command.Exit(code: .notFine, meaning: "the metrics do not parse"),
            Command.Exit(code: .lint, meaning: "something was found"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let bytes = try console.read("-")
        let findings: [MetricsLint.Finding]
        do throws(MetricsLint.Failure) {
            findings = try MetricsLint.check(bytes)
        } catch {
            try console.writeError("error while linting: \(error)")
            return .notFine
        }
        for finding in findings { try console.writeError(finding.description) }
        return findings.isEmpty ? .fine : .lint
    }
}
