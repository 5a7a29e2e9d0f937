import History

/// `medic runs`
enum RunsCommand {
    static let state = Flag.text("state", "STATE", "only in this state: open, ended, healed, unhealed, ...")

    static let command = Command(
        path: ["runs"],
        summary: "list the runs of playbooks",
        flags: [
            state, HistoryArguments.since, HistoryArguments.until, HistoryArguments.alert, HistoryArguments.playbook,
            HistoryArguments.unit, HistoryArguments.text, HistoryArguments.limit, HistoryArguments.after,
            HistoryArguments.database, HistoryArguments.json,
        ] + AgentArguments.way,
        details: HistoryArguments.help,
        examples: [
            Command.Example(line: "medic runs --state open", explanation: "what is being treated now"),
            Command.Example(line: "medic runs --state unhealed --since 7d", explanation: "what did not help"),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the record was read, also when nothing matches"),
            Command.Exit(code: .notFine, meaning: "there is no history, or it cannot be read"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        guard invocation.arguments.isEmpty else {
            throw UsageError("'\(invocation.arguments[0])' is too much", for: invocation.command)
        }
        let wanted: HistoryReader.RunState? =
            switch invocation.value(of: state) {
            case nil: nil
            case "open": .open
            case "ended": .ended
            case let name?: .named(name)
            }
        let source = try HistoryArguments.source(invocation)
        let page = try source.runs(
            try HistoryArguments.filter(invocation),
            wanted,
            limit: try HistoryArguments.limit(invocation),
            after: try HistoryArguments.cursor(invocation)
        )
        try HistoryArguments.show(page, of: source, HistoryJSON.text(of:), { $0.table(of: $1) }, invocation, console)
        return .fine
    }
}
