/// `medic completion bash|zsh|fish`
enum CompletionCommand {
    static let command = Command(
        path: ["completion"],
        summary: "print a script that completes medic's commands in a shell",
        arguments: [
            Argument(placeholder: "SHELL", summary: "bash, zsh or fish", kind: .choice(["bash", "zsh", "fish"]))
        ],
        examples: [
            Command.Example(line: "source <(medic completion bash)", explanation: "complete in this bash from now on")
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        switch invocation.arguments.first {
        case "zsh": try console.write(ZshCompletion(table: .medic).script)
        case "fish": try console.write(FishCompletion(table: .medic).script)
        default: try console.write(BashCompletion(table: .medic).script)
        }
        return .fine
    }
}
