import JSON

/// `medic config diff`
enum ConfigDiffCommand {
    static let from = Flag.text("from", "VERSION", "the older one; default: the last known good")
    static let to = Flag.text("to", "VERSION", "the newer one; default: what is in place")

    static let command = Command(
        path: ["config", "diff"],
        summary: "show what changed in a tracked configuration file",
        arguments: [Argument(placeholder: "FILE", summary: "a tracked file", kind: .file)],
        flags: [from, to] + AgentArguments.way,
        details:
            "Versions are named by the beginning of their digests, six letters at least. What looks like a secret is not shown.",
        examples: [
            Command.Example(
                line: "medic config diff /etc/api/api.yaml",
                explanation: "what is new since it last worked"
            )
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the difference is shown, also where there is none"),
            Command.Exit(code: .notFine, meaning: "there is no such file or version"), AgentArguments.unreachable,
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let client = try AgentArguments.client(invocation)
        var parameters = [("file", invocation.arguments[0])]
        for (name, flag) in [("from", from), ("to", to)] {
            if let version = invocation.value(of: flag) { parameters.append((name, version)) }
        }
        let answer: JSONValue
        do throws(AgentFailure) {
            answer = try client.get("/medic/v1/config/diff", parameters)
        } catch {
            try console.writeError("medic: \(error)")
            return error.exit
        }
        try console.write(answer.text("difference"))
        return .fine
    }
}
