import JSON
import Metrics

/// `medic targets`
enum TargetsCommand {
    static let state = Flag.choice("state", ["up", "down", "unknown"], "only those in this state")

    static let command = Command(
        path: ["targets"],
        summary: "list what is scraped and how that goes",
        arguments: [
            Argument(
                placeholder: "MATCHER",
                summary: "a condition such as instance=~\"web.*\"; a bare word is a job's name",
                isRequired: false,
                isRepeated: true
            )
        ],
        flags: [state] + AgentArguments.list,
        examples: [
            Command.Example(line: "medic targets --state down", explanation: "see what cannot be scraped, and why")
        ],
        exits: [Command.Exit(code: .fine, meaning: "the agent answered"), AgentArguments.unreachable],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let matchers = try AgentArguments.matchers(invocation.arguments, bareWord: "job", invocation.command)
        let state = invocation.value(of: state)
        return try AgentVerb(
            invocation: invocation,
            console: console,
            fetch: { client in
                try client.targets().filter { target in
                    (state == nil || target.health == state) && matchers.allSatisfy { $0.matches(target.labels) }
                }
                .sorted(by: TargetTable.goesBefore)
            },
            text: { TargetTable(terminal: $1, now: WallClock.now()).text($0) },
            json: { targets, writer in
                writer.object { writer in
                    writer.member("targets") { writer in
                        writer.array { writer in for target in targets { writer.value(target.tree) } }
                    }
                }
            }
        ).run()
    }
}
