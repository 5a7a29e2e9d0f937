import Agent

/// `medic undo FILE`
enum UndoCommand {
    static let command = Command(
        path: ["undo"],
        summary: "carry out a rollback that was armed",
        arguments: [Argument(placeholder: "FILE", summary: "the plan, in the data folder of medic")],
        flags: [],
        details: """
            A step that says 'confirm_within' has a timer of systemd undo it by itself unless the run is healed in time. This is what \
            the timer runs. It needs no agent. A file that somebody else has changed since is left as it is.
            """,
        examples: [
            Command.Example(
                line: "medic undo /var/lib/medic/rollbacks/20260101T000000-1.json",
                explanation: "undo a step by hand before its timer does"
            )
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the step was undone"),
            Command.Exit(code: .notFine, meaning: "it could not be undone, or the file is no plan"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        do {
            try console.writeLine(try Agent.undo(invocation.arguments[0]))
            return .fine
        } catch {
            try console.writeError("medic: cannot undo: \(Agent.reason(error))")
            return .notFine
        }
    }
}
