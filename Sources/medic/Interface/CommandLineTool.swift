import Files

/// The whole program: finds the command, runs it, and tells what went wrong.
struct CommandLineTool {
    let table: CommandTable
    let console: Console

    func run(_ words: [String]) -> ExitCode {
        do {
            return try dispatch(words)
        } catch let error as UsageError {
            return complain(error)
        } catch let failure as AgentFailure {
            return tell("\(failure)", failure.exit)
        } catch let error as FileError where error.code == .brokenPipe {
            // Whoever read the output has seen enough.
            return .fine
        } catch {
            return tell("\(error)", .notFine)
        }
    }

    private func dispatch(_ words: [String]) throws -> ExitCode {
        switch words.first {
        case nil:
            try StandardStream.error.write(HelpText(table).overview)
            return .usage
        case "--version", "-V":
            try console.writeLine(Version.line)
            return .fine
        case "--help", "-h":
            try console.write(HelpText(table).overview)
            return .fine
        default: break
        }
        switch try table.match(words) {
        case .command(let command, let rest):
            let invocation = try Invocation.parse(rest, for: command)
            if invocation.isSet(.help) {
                try console.write(HelpText(table).text(of: command))
                return .fine
            }
            return try command.run(invocation, console)
        case .group(let path):
            let asksForHelp = words.dropFirst(path.count).first.map { $0 == "--help" || $0 == "-h" } ?? false
            let text = HelpText(table).text(ofGroup: path)
            if asksForHelp {
                try console.write(text)
                return .fine
            }
            try console.writeError(text)
            return .usage
        }
    }

    private func complain(_ error: UsageError) -> ExitCode {
        let help = error.command.map { "medic \($0.name) --help" } ?? "medic help"
        return tell("\(error.message)\nSee '\(help)'.", .usage)
    }

    private func tell(_ message: String, _ code: ExitCode) -> ExitCode {
        // Where the error stream is gone too, the exit code alone speaks.
        try? console.writeError("medic: \(message)")
        return code
    }
}

/// Which medic this is.
enum Version {
    static let number = "0.1.0"
    static let line = "medic \(number)"
}
