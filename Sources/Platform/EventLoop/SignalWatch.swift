internal import CLinux
internal import Glibc

/// Signals that arrive as events of a loop rather than in the middle of something else.
public struct SignalWatch: Sendable {
    /// What a process may be told from outside.
    public enum Signal: Sendable, Hashable, CaseIterable {
        /// Asked to end by a service manager.
        case terminate
        /// Asked to end from a terminal.
        case interrupt
        /// Asked to read the configuration again.
        case hangUp
        /// The window of the terminal has another size.
        case windowChanged
        /// Asked to leave the terminal to the shell for a while.
        case suspend

        /// The signals that an agent lives by.
        public static let ofAgents: [Self] = [.terminate, .interrupt, .hangUp]

        var number: Int32 {
            switch self {
            case .terminate: SIGTERM
            case .interrupt: SIGINT
            case .hangUp: SIGHUP
            case .windowChanged: SIGWINCH
            case .suspend: SIGTSTP
            }
        }
    }

    private let descriptor: Int32
    private let token: WatchToken

    /// Keeps the signals from their usual effect. To be called in the first thread before there are others, which inherit it.
    public static func block(_ wanted: [Signal] = Signal.ofAgents) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in wanted { unsafe sigaddset(&signals, signal.number) }
        // A write to a connection that the other end has closed must be an error, not the end of the process.
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Stops this process, as the usual effect of `suspend` would have, until its shell lets it go on.
    public static func stop() {
        _ = kill(getpid(), SIGSTOP)
    }

    /// Calls the body for each of these signals that arrives. Only from the loop's own thread, after `block`.
    public init(
        on loop: EventLoop,
        for wanted: [Signal] = Signal.ofAgents,
        _ body: @escaping @Sendable (Signal) -> Void
    ) throws(EventLoopError) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in wanted { unsafe sigaddset(&signals, signal.number) }
        let descriptor = unsafe signalfd(-1, &signals, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
        guard descriptor >= 0 else { throw EventLoopError("signalfd") }
        self.descriptor = descriptor
        do {
            token = try loop.watch(descriptor, for: .read) { _ in
                while let signal = Self.next(descriptor) { body(signal) }
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Ends the watch. Only from the loop's own thread.
    public func cancel() {
        token.cancel()
        close(descriptor)
    }

    private static func next(_ descriptor: Int32) -> Signal? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while unsafe read(descriptor, &information, size) == size {
            if let signal = Signal.allCases.first(where: { $0.number == Int32(bitPattern: information.ssi_signo) }) {
                return signal
            }
        }
        return nil
    }
}
