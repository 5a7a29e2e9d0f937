import Metrics

/// `medic status`
enum StatusCommand {
    static let command = Command(
        path: ["status"],
        summary: "tell what is going on, on one screen",
        arguments: [Argument(placeholder: "UNIT", summary: "tell of this systemd unit", isRequired: false)],
        flags: AgentArguments.list,
        details: """
            What is ill is told in full, what is well in numbers. With a unit: its state, its alerts and its runs; .service may \
            be left out.
            """,
        examples: [
            Command.Example(line: "medic status --watch", explanation: "keep an eye on this host"),
            Command.Example(line: "medic status nginx", explanation: "see how nginx.service is"),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the agent is healthy or degraded; the unit is well and has no alerts"),
            Command.Exit(code: .notFine, meaning: "the agent is unhealthy; the unit is ill or not seen"),
            AgentArguments.unreachable,
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        if let unit = invocation.arguments.first {
            return try AgentVerb(
                invocation: invocation,
                console: console,
                fetch: { try UnitScreen.Report(unit, $0) },
                text: { UnitScreen(terminal: $1, now: WallClock.now()).text($0) },
                json: { $0.write(&$1) },
                exit: { $0.isWell ? .fine : .notFine }
            ).run()
        }
        return try AgentVerb(
            invocation: invocation,
            console: console,
            fetch: { try StatusReport($0) },
            text: { StatusScreen(terminal: $1, now: WallClock.now()).text($0) },
            json: { $0.write(&$1) },
            exit: { $0.isWell ? .fine : .notFine }
        ).run()
    }
}
