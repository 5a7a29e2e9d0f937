import JSON
import Metrics

/// `medic alerts ack` and `medic alerts unack`
enum AcknowledgeCommand {
    static let comment = Flag(
        name: "comment",
        short: "c",
        value: Flag.Value(placeholder: "TEXT", kind: .text),
        summary: "what you are up to"
    )
    static let by = Flag.text("by", "NAME", "who looks after it; default: you")

    private static let matcher = Argument(
        placeholder: "MATCHER",
        summary: "an alert's name, or a condition such as instance=a; several must all hold",
        isRepeated: true
    )
    private static let exits = [
        Command.Exit(code: .fine, meaning: "the agent has noted it for each of the alerts"),
        Command.Exit(code: .notFine, meaning: "no such alert fires"), AgentArguments.unreachable,
    ]

    static let command = Command(
        path: ["alerts", "ack"],
        summary: "say that you look after alerts: they are not told again until they change",
        arguments: [matcher],
        flags: [comment, by] + AgentArguments.way,
        details: """
            An acknowledged alert is told no more for as long as it fires and its group does not change; its end is told. The word \
            outlives a restart of the agent and ends with the alert.
            """,
        examples: [
            Command.Example(
                line: "medic alerts ack DiskFillsUp instance=db1 -c 'on it'",
                explanation: "no more reminders"
            )
        ],
        exits: exits
    ) { invocation, console in
        let form = [
            ("by", invocation.value(of: by) ?? HostGroups.ownUser), ("comment", invocation.value(of: comment) ?? ""),
        ]
        return try each(invocation, console, "acknowledge", form)
    }

    static let undoing = Command(
        path: ["alerts", "unack"],
        summary: "say that nobody looks after them any more",
        arguments: [matcher],
        flags: AgentArguments.way,
        exits: exits
    ) { invocation, console in
        try each(invocation, console, "unacknowledge", [])
    }

    private static func each(
        _ invocation: Invocation,
        _ console: Console,
        _ verb: String,
        _ form: [(String, String)]
    ) throws -> ExitCode {
        let matchers = try AgentArguments.matchers(
            invocation.arguments,
            bareWord: "alertname",
            invocation.command
        )
        let client = try AgentArguments.client(invocation)
        let alerts = try client.toldAlerts(matchers)
        guard !alerts.isEmpty else {
            try console.writeError("medic: no such alert fires; 'medic alerts' lists them")
            return .notFine
        }
        for alert in alerts {
            let answer = try client.post("/medic/v1/alerts/\(alert.fingerprint)/\(verb)", form)
            try console.writeLine("\(alert.labels): \(answer["message"]?.string ?? "done")")
        }
        return .fine
    }
}
