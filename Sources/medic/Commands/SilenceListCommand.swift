import JSON
import Metrics
import Terminal

/// `medic silence list`
enum SilenceListCommand {
    static let expired = Flag.on("expired", "those that are over instead")
    static let within = Flag.text("within", "DURATION", "only those that end, or with --expired ended, within so long")
    static let quiet = Flag.on("quiet", short: "q", "print the ids alone")

    static let command = Command(
        path: ["silence", "list"],
        isStandard: true,
        summary: "list the silences",
        arguments: [
            Argument(
                placeholder: "MATCHER",
                summary: "only silences that have this matcher, word by word; a bare word is an alert's name",
                isRequired: false,
                isRepeated: true
            )
        ],
        flags: [expired, within, quiet] + AgentArguments.list,
        details: "Those that hold come first, the one that ends first at the top, then those to come.",
        examples: [
            Command.Example(
                line: "medic silence expire $(medic silence list -q job=api)",
                explanation: "end all silences about a job"
            )
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
        let span = try invocation.value(of: Self.within).map { text throws(UsageError) in
            try MomentArgument.step(text, of: Self.within, for: invocation.command)
        }
        let showsExpired = invocation.isSet(expired)
        let isQuiet = invocation.isSet(quiet)
        return try AgentVerb(
            invocation: invocation,
            console: console,
            fetch: { client in
                let now = WallClock.now()
                return try client.silences(matchers).filter { silence in
                    guard (silence.state == "expired") == showsExpired, let end = silence.endsAt else { return false }
                    guard let span else { return true }
                    return showsExpired ? end > now - span : end < now + span
                }
            },
            text: { silences, terminal in
                if isQuiet { return silences.map { $0.id + "\n" }.joined() }
                if silences.isEmpty { return terminal.styled("no silences", .faint) + "\n" }
                let now = WallClock.now()
                return FittedTable(terminal: terminal, columns: columns).text(silences.map { row($0, terminal, now) })
            },
            json: { silences, writer in
                writer.array { writer in for silence in silences { writer.value(silence.tree) } }
            }
        ).run()
    }

    private static let columns: [FittedTable.Column] = [
        .init(title: "ID"), .init(title: "MATCHERS", givesWay: true), .init(title: "STATE", isLeftOut: true),
        .init(title: "ENDS"), .init(title: "BY", isLeftOut: true), .init(title: "COMMENT", givesWay: true),
    ]

    private static func row(_ silence: SilenceReport, _ terminal: Terminal, _ now: Timestamp) -> [FittedTable.Cell] {
        // Who looks on wants to know how long; a program wants to know when.
        let end = terminal.isInteractive ? Span.ago(silence.endsAt, from: now) : silence.endsAt?.rfc3339Text ?? ""
        return [
            .init(silence.id), .init(silence.matchers), .init(silence.state),
            .init(end + (silence.endsWithAlerts ? " or with its alerts" : "")), .init(silence.createdBy),
            .init(silence.comment),
        ]
    }
}
