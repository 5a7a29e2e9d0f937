internal import Glibc

/// Where a process talks to: every byte is written, however slowly the other side reads.
public enum StandardStream: Sendable {
    case output
    case error

    private var number: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }
    private var name: String { self == .output ? "standard output" : "standard error" }

    /// Whether a person reads it: colour and drawings make sense.
    public var isTerminal: Bool { isatty(number) == 1 }

    /// The columns of the terminal, or nil where there is none.
    public var terminalWidth: Int? {
        var size = winsize()
        guard unsafe ioctl(number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// The rows of the terminal, or nil where there is none.
    public var terminalHeight: Int? {
        var size = winsize()
        guard unsafe ioctl(number, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
        return Int(size.ws_row)
    }

    public func write(_ bytes: Span<UInt8>) throws(FileError) {
        try writeAll(number, name, bytes)
    }

    public func write(_ bytes: [UInt8]) throws(FileError) {
        try write(bytes.span)
    }

    public func write(_ text: String) throws(FileError) {
        try write(Array(text.utf8))
    }

    /// From now on writing to a reader that is gone throws `brokenPipe` instead of ending the process. Call once, first.
    public static func reportBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }
}
