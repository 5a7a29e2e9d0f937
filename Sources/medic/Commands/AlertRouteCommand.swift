import Agent
import Alerting
import Configuration
import Diagnostics
import Metrics

/// `medic alert route LABELS`
enum AlertRouteCommand {
    private static let tree = Flag.on("tree", "show the routes that match")
    private static let expected = Flag.text(
        "verify.receivers",
        "NAMES",
        "fail unless the alert goes to exactly these receivers: a,b"
    )

    static let command = Command(
        path: ["alert", "route"],
        summary: "show whom an alert with these labels would go to",
        arguments: [
            Argument(
                placeholder: "LABEL=VALUE",
                summary: "the labels of the alert",
                isRequired: false,
                isRepeated: true
            )
        ],
        flags: [RunCommand.configuration, tree, expected],
        details: """
            Reads the configuration alone: no agent needs to run. Prints the names of the receivers in the order of the routes, as \
            amtool config routes test does.
            """,
        examples: [
            Command.Example(
                line: "medic alert route --config medic.yml --tree severity=page team=db",
                explanation: "which routes such an alert takes"
            )
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the receivers are told, and are those that were expected"),
            Command.Exit(code: .notFine, meaning: "the configuration cannot be used, or other receivers were expected"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let path = invocation.value(of: RunCommand.configuration) ?? Places.configuration
        let (configuration, diagnostics) = ConfigurationLoader(path: path, isLenient: true).read()
        guard let configuration else {
            try Problems(console).report(diagnostics, as: DiagnosticFormat.text.rawValue)
            return .notFine
        }
        let labels = try Labels(invocation.arguments.map { try label($0, invocation) })
        let routes = configuration.notifications.alerting.routes
        if invocation.isSet(tree) {
            try console.write("Matching routes:\n\(routes.drawing(of: labels))\n\n\n")
        }
        let receivers = routes.receivers(for: labels).joined(separator: ",")
        try console.writeLine(receivers)
        if let expected = invocation.value(of: expected), !expected.utf8.elementsEqual(receivers.utf8) {
            try console.writeLine("WARNING: Expected receivers did not match resolved receivers.")
            return .notFine
        }
        return .fine
    }

    /// Written as a matcher is, as amtool takes it: a value may stand in quotes.
    private static func label(_ text: String, _ invocation: Invocation) throws(UsageError) -> Label {
        guard let matcher = try? MatcherList.parseSingle(text), matcher.operation == .equal, !matcher.name.isEmpty
        else {
            throw UsageError("'\(text)' is not NAME=VALUE", for: invocation.command)
        }
        return Label(matcher.name, matcher.value)
    }
}
