import JSON
import Metrics

/// `medic units`
enum UnitsCommand {
    static let state = Flag.choice(
        "state",
        ["active", "activating", "deactivating", "failed", "inactive"],
        "only those in this state"
    )

    static let command = Command(
        path: ["units"],
        summary: "list the systemd units that the agent sees",
        arguments: [
            Argument(
                placeholder: "UNIT",
                summary: "only units of this name; * and ? stand for any letters, .service may be left out",
                isRequired: false,
                isRepeated: true
            )
        ],
        flags: [state] + AgentArguments.list,
        details: "'medic status UNIT' tells more of one of them.",
        examples: [
            Command.Example(line: "medic units --state failed", explanation: "see what has failed"),
            Command.Example(line: "medic units 'postgresql*' --watch", explanation: "look on while PostgreSQL starts"),
        ],
        exits: [Command.Exit(code: .fine, meaning: "the agent answered"), AgentArguments.unreachable],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let state = invocation.value(of: state)
        return try AgentVerb(
            invocation: invocation,
            console: console,
            fetch: { try $0.units(invocation.arguments, state: state) },
            text: { UnitTable(terminal: $1, now: WallClock.now()).text($0) },
            json: { units, writer in
                writer.object { writer in
                    writer.member("units") { writer in
                        writer.array { writer in for unit in units { unit.write(&writer) } }
                    }
                }
            }
        ).run()
    }
}
