import JSON
import Metrics

/// `medic rules`
enum RulesCommand {
    static let state = Flag.choice(
        "state",
        ["firing", "pending", "inactive", "failing"],
        "only those in this state"
    )
    static let type = Flag.choice("type", ["alert", "record"], "only rules that alert, or that record")

    static let command = Command(
        path: ["rules"],
        summary: "list the rules and how they do",
        arguments: [
            Argument(
                placeholder: "TEXT",
                summary: "only rules and groups whose names contain this",
                isRequired: false,
                isRepeated: true
            )
        ],
        flags: [state, type] + AgentArguments.list,
        examples: [
            Command.Example(
                line: "medic rules --state failing",
                explanation: "see which rules cannot be evaluated, and why"
            )
        ],
        exits: [Command.Exit(code: .fine, meaning: "the agent answered"), AgentArguments.unreachable],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let state = invocation.value(of: state)
        let parameters = invocation.value(of: type).map { [("type", $0)] } ?? []
        let words = invocation.arguments.map { $0.lowercased() }
        @Sendable func isWanted(_ rule: RuleTold, in group: RuleGroupTold) -> Bool {
            switch state {
            case nil: break
            case "failing"?: guard rule.health == "err" else { return false }
            case let state?: guard rule.state == state else { return false }
            }
            let names = "\(rule.name)\n\(group.name)".lowercased()
            return words.allSatisfy { names.contains($0) }
        }
        return try AgentVerb(
            invocation: invocation,
            console: console,
            fetch: { client in
                try client.rules(parameters).compactMap { $0.keeping(isWanted) }
            },
            text: { RuleTable(terminal: $1, now: WallClock.now()).text($0) },
            json: { groups, writer in
                writer.object { writer in
                    writer.member("groups") { writer in
                        writer.array { writer in for group in groups { writer.value(group.tree) } }
                    }
                }
            }
        ).run()
    }
}
