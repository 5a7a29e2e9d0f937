import EventLoop

/// A program to be run, never through a shell: its words reach it as they are.
public struct Program: Sendable, Hashable {
    /// What it may use. Zero: no limit of its own.
    public struct Limits: Sendable, Hashable {
        /// Address space, in bytes.
        public var memory: UInt64 = 0
        /// Processes of its user, all together.
        public var processes: UInt64 = 0
        /// The largest file it may write, in bytes.
        public var fileSize: UInt64 = 0
        public var processorSeconds: UInt64 = 0
        public var descriptors: UInt64 = 1024

        public init() {}
    }

    /// The absolute path, then the arguments.
    public var words: [String]
    /// All that it finds there; nothing is inherited.
    public var environment: [(name: String, value: String)] {
        get { variables.map { ($0.name, $0.value) } }
        set { variables = newValue.map { Variable(name: $0.name, value: $0.value) } }
    }
    public var folder: String?
    public var user: UserAccount?
    public var limits = Limits()
    /// What it reads; then its input ends.
    public var input: [UInt8] = []
    /// So much of what it prints is kept.
    public var outputBytesMax = 64 * 1024
    /// After the deadline it is asked to end, and so much later it is killed.
    public var grace: Duration = .seconds(2)

    private struct Variable: Sendable, Hashable {
        let name: String
        let value: String
    }
    private var variables: [Variable] = []

    /// What a program needs to find others and to speak plainly.
    public static let plainEnvironment: [(name: String, value: String)] = [
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("LANG", "C.UTF-8"),
    ]

    public init(_ words: [String]) {
        self.words = words
        environment = Self.plainEnvironment
    }
}

/// How a program ended.
public struct ProgramOutcome: Sendable, Hashable {
    public enum End: Sendable, Hashable {
        case exited(Int32)
        case killed(signal: Int32)
        case timedOut
        case cancelled
    }

    public let end: End
    /// What it printed, to both of its streams, in the order in which it arrived.
    public let output: BoundedOutput

    public var isSuccess: Bool { end == .exited(0) }

    /// `exit status 1`, `killed by signal 9`.
    public var reason: String {
        switch end {
        case .exited(let status): "exit status \(status)"
        case .killed(let signal): "killed by signal \(signal)"
        case .timedOut: "it did not end in time"
        case .cancelled: "cancelled"
        }
    }
}

extension Program {
    /// Runs it to its end without blocking the caller's thread. Cancelling the task ends the program.
    public func run(timeout: Duration) async throws -> ProgramOutcome {
        let deadline = MonotonicInstant.now + timeout
        return try await offload(interruptible: { try run(deadline: deadline, interruption: $0) })
    }
}
