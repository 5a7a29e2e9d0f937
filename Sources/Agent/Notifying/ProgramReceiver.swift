import Processes
import Receivers

/// Tells by running a program: what `exec` receivers ask for.
enum ProgramReceiver {
    // The end of what the program printed says best what went wrong.
    private static let shownBytesMax = 300

    /// Runs it to its end. Nil when it ended with zero, else what was wrong.
    @Sendable static func run(_ call: NotificationSender.ProgramCall) async -> String? {
        var program = Program(call.command)
        program.environment = Program.plainEnvironment + call.environment
        program.input = call.input
        program.outputBytesMax = 16 * 1024
        do {
            let outcome = try await program.run(timeout: call.timeout)
            return outcome.isSuccess ? nil : "\(outcome.reason)\(lastWords(of: outcome))"
        } catch {
            return "\(error)"
        }
    }

    private static func lastWords(of outcome: ProgramOutcome) -> String {
        let line = outcome.output.text.split(whereSeparator: \.isNewline).last ?? ""
        return line.isEmpty ? "" : ": \(line.prefix(shownBytesMax))"
    }
}
