/// `medic help [COMMAND]`
enum HelpCommand {
    static let command = Command(
        path: ["help"],
        summary: "explain medic or one of its commands",
        arguments: [
            Argument(placeholder: "COMMAND", summary: "the command to explain", isRequired: false, isRepeated: true)
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let table = CommandTable.medic
        let text = HelpText(table)
        guard !invocation.arguments.isEmpty else {
            try console.write(text.overview)
            return .fine
        }
        switch try table.match(invocation.arguments) {
        case .command(let command, let rest):
            guard rest.isEmpty else {
                throw UsageError("there is no command '\(invocation.arguments.joined(separator: " "))'")
            }
            try console.write(text.text(of: command))
        case .group(let path): try console.write(text.text(ofGroup: path))
        }
        return .fine
    }
}
