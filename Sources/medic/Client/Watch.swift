import Dispatch
import EventLoop
import Files
import Metrics
import Synchronization
import Terminal

/// Shows a screen again and again in the same place, until somebody ends it.
///
/// Where nobody looks on, one screen follows the other.
struct Watch {
    private let loop: EventLoop
    private let console: Console
    private let interval: Milliseconds
    private let ending = DispatchSemaphore(value: 0)

    /// To be called before the loop begins: keeps signals from ending the process in the middle of a screen.
    static func prepare() {
        SignalWatch.block()
    }

    init(_ loop: EventLoop, _ console: Console, every interval: Milliseconds) {
        self.loop = loop
        self.console = console
        self.interval = interval
    }

    /// `screen` makes what is shown. An agent that is gone is told of, and asked again.
    func run(_ screen: (Terminal) throws -> String) throws -> ExitCode {
        try hearSignals()
        let isInPlace = console.output.isInteractive
        if isInPlace { try console.write(Sequences.begin) }
        defer { if isInPlace { try? console.write(Sequences.end) } }
        while true {
            // The window may have changed its size.
            let terminal = Terminal(.output)
            var text: String
            do {
                text = try screen(terminal)
            } catch let failure as AgentFailure {
                text = terminal.styled("\(failure)", .red) + "\n"
            }
            let heading = terminal.styled("every \(interval.promQLText)  \(WallClock.now().rfc3339Text)", .faint)
            text = "\(heading)\n\n\(text)"
            try console.write(isInPlace ? Self.inPlace(text, rows: StandardStream.output.terminalHeight) : text + "\n")
            let pause = DispatchTimeInterval.milliseconds(Int(clamping: interval.rawValue))
            if ending.wait(timeout: .now() + pause) == .success { return .fine }
        }
    }

    private func hearSignals() throws {
        let outcome = Waiting<Result<Void, EventLoopError>>()
        let (loop, ending) = (loop, ending)
        loop.submit {
            outcome.give(
                Result { () throws(EventLoopError) in
                    _ = try SignalWatch(on: loop) { _ in ending.signal() }
                }
            )
        }
        try outcome.wait().get()
    }

    /// Draws over what is there, line by line, so that nothing flickers; what does not fit the window is counted.
    static func inPlace(_ text: String, rows: Int?) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        if let rows, rows > 1, lines.count > rows {
            let hidden = lines.count - rows + 1
            lines.removeLast(hidden)
            lines.append("and \(hidden) more lines")
        }
        return Sequences.top + lines.joined(separator: Sequences.clearLine + "\r\n") + Sequences.clearLine
            + Sequences.clearBelow
    }

    /// What terminals obey (ECMA-48, and xterm's second screen).
    private enum Sequences {
        static let begin = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
        static let end = "\u{1B}[?25h\u{1B}[?1049l"
        static let top = "\u{1B}[H"
        static let clearLine = "\u{1B}[K"
        static let clearBelow = "\u{1B}[J"
    }
}
