import Agent
import Alerting
import Configuration
import Diagnostics
import Files

/// `medic check config FILE`
enum CheckConfigurationCommand {
    static let format = Problems.format
    static let lenient = Flag.on(
        "lenient",
        "keys of prometheus.yml and alertmanager.yml that medic does not support are warnings"
    )

    static let command = Command(
        path: ["check", "config"],
        summary: "check a configuration and every file it names",
        arguments: [
            Argument(placeholder: "FILE", summary: "medic.yml, prometheus.yml or alertmanager.yml", kind: .file)
        ],
        flags: [lenient, format],
        details: """
            Files of the folder beside it (medic.d beside medic.yml) are read as further layers, as the agent does. What medic \
            does not support is an error that names it: nothing is passed over in silence. With --lenient it is a warning, and \
            'medic run --lenient' runs without it.
            """,
        examples: [
            Command.Example(
                line: "medic check config medic.yml",
                explanation: "see everything that is wrong, in one pass"
            )
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "an agent can run with it"),
            Command.Exit(code: .notFine, meaning: "it cannot be used"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let path = invocation.arguments[0]
        let (configuration, diagnostics) = ConfigurationLoader(path: path, isLenient: invocation.isSet(lenient)).read()
        let hasErrors = diagnostics.contains { $0.severity == .error }
        let form = invocation.value(of: format) ?? DiagnosticFormat.text.rawValue
        if form == DiagnosticFormat.text.rawValue {
            try console.write(hasErrors ? "\(path): FAILED\n" : "\(path): SUCCESS\n")
            if let notifications = configuration?.notifications, !notifications.receivers.isEmpty {
                try console.write("\nRouting tree:\n\(notifications.alerting.routes.drawing)\n")
            }
            if let configuration, let demand = configuration.demand {
                try console.write("\n\(demand.account(remoteWrites: configuration.remoteWrites.count))\n")
            }
        }
        try Problems(console).report(diagnostics, as: form)
        return hasErrors ? .notFine : .fine
    }
}
