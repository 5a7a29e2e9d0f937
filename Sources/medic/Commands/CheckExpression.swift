import Diagnostics
import PromQL

/// `medic check expr EXPR...`
enum CheckExpressionCommand {
    static let format = Problems.format
    static let lintFatal = Flag.on("lint-fatal", "exit with 3 when there are warnings")

    static let command = Command(
        path: ["check", "expr"],
        summary: "check PromQL expressions",
        arguments: [
            Argument(placeholder: "EXPR", summary: "an expression; - reads one from standard input", isRepeated: true)
        ],
        flags: [format, lintFatal],
        details: "Warnings name what is allowed but likely a mistake, such as a quantile of 99.",
        examples: [
            Command.Example(line: "medic check expr 'sum by (job) (up'", explanation: "see what is wrong, and where"),
            Command.Example(
                line: "medic check expr --format github - < query.promql",
                explanation: "annotate a query in a build on GitHub"
            ),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "every expression parses"),
            Command.Exit(code: .notFine, meaning: "an expression does not parse"),
            Command.Exit(code: .lint, meaning: "with --lint-fatal: a warning"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        var problems: [Diagnostic] = []
        for (index, argument) in invocation.arguments.enumerated() {
            let text = argument == "-" ? try console.readText("-") : argument
            // One expression needs no name; of several each problem says which it is about.
            let numbered = invocation.arguments.count > 1 ? "expression \(index + 1)" : nil
            let name = argument == "-" ? "standard input" : numbered
            problems += checkExpression(SourceText(name: name, text: text))
        }
        try Problems(console).report(problems, as: invocation.value(of: format))
        if problems.contains(where: { $0.severity == .error }) { return .notFine }
        let isLint = invocation.isSet(lintFatal) && problems.contains { $0.severity == .warning }
        return isLint ? .lint : .fine
    }
}
