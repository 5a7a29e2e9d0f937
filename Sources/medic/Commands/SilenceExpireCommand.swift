/// `medic silence expire`
enum SilenceExpireCommand {
    static let command = Command(
        path: ["silence", "expire"],
        summary: "end silences now",
        arguments: [
            Argument(placeholder: "ID", summary: "a silence's id, as 'medic silence list' shows it", isRepeated: true)
        ],
        flags: AgentArguments.way,
        details: "What fires under it is told with the next turn of its group. One that is over stays over.",
        exits: [
            Command.Exit(code: .fine, meaning: "all of them are over"),
            Command.Exit(code: .notFine, meaning: "one of them is not known"), AgentArguments.unreachable,
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let client = try AgentArguments.client(invocation)
        var exit = ExitCode.fine
        for id in invocation.arguments {
            do throws(AgentFailure) {
                try client.expireSilence(id)
            } catch {
                guard case .refused = error else { throw error }
                try console.writeError("medic: \(error)")
                exit = .notFine
            }
        }
        return exit
    }
}
