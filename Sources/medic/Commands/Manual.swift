/// `medic man`
enum ManualCommand {
    static let command = Command(
        path: ["man"],
        summary: "print the manual page",
        examples: [Command.Example(line: "medic man | man -l -", explanation: "read the manual")],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        try console.write(ManualPage(table: .medic).text)
        return .fine
    }
}
