/// `medic reload`
enum ReloadCommand {
    static let command = Command(
        path: ["reload"],
        summary: "let the agent read its configuration again",
        flags: AgentArguments.way,
        details: """
            All or nothing: where something is wrong the former configuration stays, and what is wrong is told. Alerts, runs \
            and silences go on.
            """,
        examples: [
            Command.Example(line: "medic reload", explanation: "take up what was changed in /etc/medic")
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the new configuration is in use"),
            Command.Exit(code: .notFine, meaning: "something is wrong with it, or it is not yours to say"),
            AgentArguments.unreachable,
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let client = try AgentArguments.client(invocation)
        let answer = try client.send("POST", "/-/reload")
        do throws(AgentFailure) {
            if !(200..<300).contains(answer.status) { _ = try client.data(of: answer) }
        } catch {
            try console.writeError("medic: \(error)")
            return .notFine
        }
        try console.writeLine("the configuration was reloaded")
        return .fine
    }
}
