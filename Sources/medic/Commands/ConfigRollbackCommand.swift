import JSON

/// `medic config rollback`
enum ConfigRollbackCommand {
    static let to = Flag.text("to", "VERSION", "this version; default: the last known good")

    static let command = Command(
        path: ["config", "rollback"],
        summary: "put a former version of a tracked configuration file back",
        arguments: [Argument(placeholder: "FILE", summary: "a tracked file", kind: .file)],
        flags: [to] + AgentArguments.way,
        details: """
            Owner, mode and attributes stay. The units that read the file are not restarted. What is rolled back from is kept, \
            and is no longer one to go back to. `actions: {permit: {...}}` must permit config.rollback and the path.
            """,
        examples: [
            Command.Example(line: "medic config rollback /etc/api/api.yaml", explanation: "back to what last worked"),
            Command.Example(
                line: "medic config rollback /etc/api/api.yaml --to 3f2a91",
                explanation: "to the version that begins so"
            ),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the version is in place"),
            Command.Exit(code: .notFine, meaning: "it is not, and why"), AgentArguments.unreachable,
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let client = try AgentArguments.client(invocation)
        var parameters = [("file", invocation.arguments[0])]
        if let version = invocation.value(of: to) { parameters.append(("to", version)) }
        let answer: JSONValue
        do throws(AgentFailure) {
            answer = try client.post("/medic/v1/config/rollback", parameters)
        } catch {
            try console.writeError("medic: \(error)")
            return error.exit
        }
        try console.write(answer.text("difference"))
        try console.writeLine(answer.text("message"))
        let units = (answer["units"]?.array ?? []).compactMap(\.string)
        if !units.isEmpty { try console.writeError("read by \(units.joined(separator: ", ")), not restarted") }
        return .fine
    }
}
