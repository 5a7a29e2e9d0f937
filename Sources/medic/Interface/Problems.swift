import Diagnostics
import Files
import Terminal

/// Tells what is wrong in a text somebody wrote.
struct Problems {
    /// How problems are told, for the commands that check something.
    static let format = Flag.choice(
        "format",
        DiagnosticFormat.allCases.map(\.rawValue),
        "how to tell the problems; default: text"
    )

    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    /// Draws them for people, on the error stream.
    func show(_ diagnostics: [Diagnostic]) throws(FileError) {
        if diagnostics.isEmpty { return }
        let text = DiagnosticFormat.text.render(diagnostics, style: style(of: console.errors))
        try StandardStream.error.write(text)
    }

    /// Writes them in the form asked for, as what a command is there for, on standard output.
    func report(_ diagnostics: [Diagnostic], as format: String?) throws(FileError) {
        let format = format.flatMap(DiagnosticFormat.init(rawValue:)) ?? .text
        try console.write(format.render(diagnostics, style: style(of: console.output)))
    }

    private func style(of terminal: Terminal) -> TextStyle {
        TextStyle(isColoured: terminal.hasColour, width: terminal.width)
    }
}
