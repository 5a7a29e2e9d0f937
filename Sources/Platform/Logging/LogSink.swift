internal import EventLoop
internal import Glibc
internal import Synchronization

/// Where log lines go. Writing never blocks for long and never fails the caller: what cannot be written is counted.
public final class LogSink: Sendable {
    /// How lines look on standard error.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case text
        case json
        /// Short, for a person at a terminal.
        case terminal
        case colourTerminal
    }

    private enum Destination: Sendable {
        case standardError(Format)
        case journal(JournalSocket)
        case memory
        case nowhere
    }

    /// So many lines a recording sink keeps; the oldest go.
    private static let recordedMax = 10_000

    private let destination: Destination
    private let threshold: Mutex<LogLevel>
    private let recorded = Mutex<[LogEntry]>([])
    private let lost = Atomic<Int>(0)

    private init(_ destination: Destination, level: LogLevel) {
        self.destination = destination
        threshold = Mutex(level)
    }

    public static func standardError(format: Format = .text, level: LogLevel = .info) -> LogSink {
        LogSink(.standardError(format), level: level)
    }

    /// The journal, in its native protocol; nil where there is none.
    public static func journal(level: LogLevel = .info, identifier: String = "medic") -> LogSink? {
        JournalSocket(identifier: identifier).map { LogSink(.journal($0), level: level) }
    }

    /// Keeps what is written, for tests.
    public static func recording(level: LogLevel = .debug) -> LogSink {
        LogSink(.memory, level: level)
    }

    public static func discarding() -> LogSink {
        LogSink(.nowhere, level: .error)
    }

    /// Lines below it are not written. May change while the agent runs.
    public var level: LogLevel {
        get { threshold.withLock { $0 } }
        set { threshold.withLock { $0 = newValue } }
    }

    /// How many lines could not be written.
    public var lostCount: Int { lost.load(ordering: .relaxed) }

    /// What a recording sink has seen.
    public var entries: [LogEntry] { recorded.withLock { $0 } }

    func write(_ entry: LogEntry) {
        switch destination {
        case .nowhere:
            break
        case .memory:
            recorded.withLock { entries in
                entries.append(entry)
                if entries.count > Self.recordedMax { entries.removeFirst(entries.count - Self.recordedMax) }
            }
        case .standardError(let format):
            let line =
                switch format {
                case .text: entry.textLine(at: WallClock.now)
                case .json: entry.jsonLine(at: WallClock.now)
                case .terminal: entry.terminalLine(at: WallClock.now, inColour: false)
                case .colourTerminal: entry.terminalLine(at: WallClock.now, inColour: true)
                }
            // One call a line, so that lines of several threads do not mix.
            let written = unsafe line.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written != line.count { lost.add(1, ordering: .relaxed) }
        case .journal(let socket):
            if !socket.send(entry) { lost.add(1, ordering: .relaxed) }
        }
    }
}
