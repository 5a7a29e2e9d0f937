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
    private let heard = Heard()

    /// To be called before the loop begins: keeps signals from ending the process in the middle of a screen.
    static func prepare() {
        SignalWatch.block(SignalWatch.Signal.allCases)
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
            let moment = WallClock.now().wholeSecond.rfc3339Text
            let heading = terminal.styled("every \(interval.promQLText)  \(moment)", .faint)
            text = "\(heading)\n\n\(text)"
            try console.write(isInPlace ? Self.inPlace(text, rows: StandardStream.output.terminalHeight) : text + "\n")
            switch heard.next(within: interval) {
            // Time for the next screen, or another window for this one.
            case nil, .windowChanged: break
            case .terminate, .interrupt, .hangUp: return .fine
            case .suspend:
                // The shell gets its own screen back, and this one is drawn anew when the watch goes on.
                if isInPlace { try console.write(Sequences.end) }
                SignalWatch.stop()
                if isInPlace { try console.write(Sequences.begin) }
            }
        }
    }

    private func hearSignals() throws {
        let outcome = Waiting<Result<Void, EventLoopError>>()
        let (loop, heard) = (loop, heard)
        loop.submit {
            outcome.give(
                Result { () throws(EventLoopError) in
                    _ = try SignalWatch(on: loop, for: SignalWatch.Signal.allCases) { heard.give($0) }
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

    /// The signals that arrived while a screen was made or shown; the same one twice counts once.
    private final class Heard: Sendable {
        private let signals = Mutex<[SignalWatch.Signal]>([])
        private let isThere = DispatchSemaphore(value: 0)

        func give(_ signal: SignalWatch.Signal) {
            signals.withLock { waiting in
                if !waiting.contains(signal) { waiting.append(signal) }
            }
            isThere.signal()
        }

        func next(within interval: Milliseconds) -> SignalWatch.Signal? {
            let end = DispatchTime.now() + .milliseconds(Int(clamping: interval.rawValue))
            while true {
                if let signal = signals.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return signal }
                if isThere.wait(timeout: end) == .timedOut { return nil }
            }
        }
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
