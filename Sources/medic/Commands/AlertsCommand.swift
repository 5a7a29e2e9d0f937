import JSON
import Metrics

/// `medic alerts`
enum AlertsCommand {
    static let state = Flag.choice("state", ["firing", "pending"], "only those in this state")

    static let command = Command(
        path: ["alerts"],
        summary: "list the alerts that fire or are about to",
        arguments: [
            Argument(
                placeholder: "MATCHER",
                summary: "a condition such as severity=critical or job=~\"api|web\"; a bare word is an alert's name",
                isRequired: false,
                isRepeated: true
            )
        ],
        flags: [state] + AgentArguments.list,
        details: """
            Several conditions must all hold. Beside each stands who looks after it, or what keeps it from being told: a silence, \
            another alert, a run that may heal it. 'medic why ALERT' tells why one of them fires, and who was told.
            """,
        examples: [
            Command.Example(line: "medic alerts --watch", explanation: "look on as alerts come and go"),
            Command.Example(
                line: "medic alerts severity=critical --json",
                explanation: "tell another program of the critical ones"
            ),
        ],
        exits: [Command.Exit(code: .fine, meaning: "the agent answered"), AgentArguments.unreachable],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let matchers = try AgentArguments.matchers(
            invocation.arguments,
            bareWord: "alertname",
            invocation.command
        )
        let state = invocation.value(of: state)
        return try AgentVerb(
            invocation: invocation,
            console: console,
            fetch: { client in
                try client.alertsWithTelling(matchers).filter { state == nil || $0.state == state }.sorted(
                    by: AlertTable.goesBefore
                )
            },
            text: { AlertTable(terminal: $1, now: WallClock.now()).text($0) },
            json: { alerts, writer in
                writer.object { writer in
                    writer.member("alerts") { writer in
                        writer.array { writer in for alert in alerts { writer.value(alert.tree) } }
                    }
                }
            }
        ).run()
    }
}
