internal import EventLoop

/// The last words of a unit.
public struct JournalTail: Sendable, Hashable {
    /// In the order of time.
    public let entries: [JournalEntry]
    /// There is more, before these.
    public let isCut: Bool

    /// More lines than this nobody reads.
    private static let linesMax = 10_000

    /// Reads the newest entries of a unit, or of everything: at most so many lines, and so many bytes of their texts.
    ///
    /// Blocks while it reads; see `read` for one that does not.
    public init(of unit: String?, lines: Int, bytes: Int, lineBytes: Int = 4_096) throws(JournalError) {
        let journal = try JournalHandle(messageBytesMax: lineBytes)
        guard journal.isReadable else { throw JournalError(unreadable) }
        if let unit { try journal.select(unit: unit) }
        try journal.seekTail()
        var entries: [JournalEntry] = []
        var size = 0
        var isCut = false
        while try journal.previous() {
            let entry = journal.entry()
            size += entry.message.utf8.count
            guard entries.count < Swift.min(lines, Self.linesMax), size <= bytes else {
                isCut = true
                break
            }
            entries.append(entry)
        }
        self.entries = entries.reversed()
        self.isCut = isCut
    }

    /// The same, on a thread that may block.
    public static func read(of unit: String?, lines: Int, bytes: Int) async throws(JournalError) -> JournalTail {
        let result = await offload { () -> Result<JournalTail, JournalError> in
            do throws(JournalError) {
                return .success(try JournalTail(of: unit, lines: lines, bytes: bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

let unreadable = "no file of the journal can be read: its reader must be root or in the group systemd-journal"
