/// One entry of the journal, as far as medic looks at it.
public struct JournalEntry: Sendable, Hashable {
    /// When the journal took it, in microseconds since the epoch.
    public var time: UInt64 = 0
    /// The unit that it came from, or that systemd wrote about; `kernel` for the kernel; empty where neither is known.
    public var unit = ""
    /// From 0 (the system is unusable) to 7 (of use to developers).
    public var priority: UInt8 = 6
    /// What the program calls itself.
    public var identifier = ""
    public var pid: UInt32?
    /// The text, cut where it is longer than was asked for.
    public var message = ""

    public init() {}

    /// syslog's words for the priorities, from 0.
    public static let priorityWords = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]

    public var priorityWord: String { Self.priorityWords[Int(Swift.min(priority, 7))] }
}

/// Why the journal cannot be read.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
