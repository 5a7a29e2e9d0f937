import JSON
import Metrics

/// `medic config versions`
enum ConfigVersionsCommand {
    static let command = Command(
        path: ["config", "versions"],
        summary: "list the versions of tracked configuration files",
        arguments: [
            Argument(placeholder: "FILE", summary: "only of this file", kind: .file, isRequired: false)
        ],
        flags: AgentArguments.list,
        details: """
            Files are tracked where `config: {track: [...]}` names them. A version is known good when it has been in place for \
            long enough while no alert fired on the units that read it.
            """,
        examples: [
            Command.Example(line: "medic config versions /etc/api/api.yaml", explanation: "see what it can go back to")
        ],
        exits: [Command.Exit(code: .fine, meaning: "the agent answered"), AgentArguments.unreachable],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        try AgentVerb(
            invocation: invocation,
            console: console,
            fetch: { try $0.trackedFiles(invocation.arguments.first) },
            text: { VersionTable(terminal: $1, now: WallClock.now()).text($0) },
            json: { files, writer in
                writer.object { writer in
                    writer.member("files") { writer in
                        writer.array { writer in for file in files { writer.value(file.tree) } }
                    }
                }
            }
        ).run()
    }
}
