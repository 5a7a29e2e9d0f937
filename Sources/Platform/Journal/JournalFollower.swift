public import EventLoop
public import Logging

/// Hands out what is written to the journal, soon after it is.
///
/// Reads in small portions and with pauses, so that a flood of entries neither blocks the loop nor wakes it all the time.
///
/// Unchecked: confined to its loop, which every entry checks or moves to.
public final class JournalFollower: @unchecked Sendable {
    /// Where to begin.
    public enum Start: Sendable, Hashable {
        /// With what is written from now on.
        case now
        /// Behind the entry that a cursor names.
        case cursor(String)
    }

    /// What happens.
    public enum Event: Sendable {
        /// The journal is open.
        case opened
        /// New entries, in their order; never none.
        case entries([JournalEntry])
        /// It cannot be read, and is tried again.
        case failed(JournalError)
    }

    /// Entries in one turn of the loop.
    private static let entriesPerTurn = 200
    /// Time in one turn of the loop.
    private static let turnMax = Duration.milliseconds(2)
    /// After reading: entries that come meanwhile are read together.
    private static let pause = Duration.milliseconds(100)
    private static let retryPause = Duration.seconds(10)
    /// Beginnings of texts are enough to recognise them.
    private static let messageBytesMax = 8_192

    private let loop: EventLoop
    private let log: Logger
    private let handler: @Sendable (Event) -> Void
    private var start: Start
    private var journal: JournalHandle?
    private var watch: WatchToken?
    private var isWanted = false

    /// - Parameter handler: called on the loop.
    public init(from start: Start = .now, loop: EventLoop, log: Logger, _ handler: @escaping @Sendable (Event) -> Void)
    {
        self.start = start
        self.loop = loop
        self.log = log
        self.handler = handler
    }

    /// Begins to follow. From any thread.
    public func begin() {
        loop.submit { [self] in
            guard !isWanted else { return }
            isWanted = true
            open()
        }
    }

    /// Ends it. From any thread.
    public func stop() {
        loop.submit { [self] in
            isWanted = false
            close()
        }
    }

    private func open() {
        guard isWanted, journal == nil else { return }
        do throws(JournalError) {
            let journal = try JournalHandle(messageBytesMax: Self.messageBytesMax)
            guard journal.isReadable else { throw JournalError(unreadable) }
            switch start {
            case .now: try journal.seekEnd()
            case .cursor(let cursor): try journal.seek(behind: cursor)
            }
            let descriptor = journal.descriptor
            guard descriptor >= 0 else { throw JournalError("the journal cannot be followed") }
            do {
                watch = try loop.watch(descriptor, for: .read) { [self] _ in wake() }
            } catch {
                throw JournalError("the journal cannot be followed: \(error)")
            }
            self.journal = journal
            handler(.opened)
            read()
        } catch {
            fail(error)
        }
    }

    private func close() {
        watch?.cancel()
        watch = nil
        journal = nil
    }

    private func fail(_ error: JournalError) {
        log.warning("the journal is not followed; trying again", ["reason": error.description])
        // What was read already is not read again.
        if let cursor = journal?.cursor { start = .cursor(cursor) }
        close()
        handler(.failed(error))
        loop.after(Self.retryPause) { [self] in open() }
    }

    /// Something has been written: it is read now, and what comes in the next moments with one more reading.
    private func wake() {
        guard journal != nil else { return }
        do {
            try watch?.change(to: [])
        } catch {
            fail(JournalError("the journal cannot be followed: \(error)"))
            return
        }
        read()
    }

    private func read() {
        guard let journal else { return }
        var entries: [JournalEntry] = []
        var isMore = true
        do throws(JournalError) {
            try journal.process()
            let end = MonotonicInstant.now + Self.turnMax
            while isMore, entries.count < Self.entriesPerTurn, MonotonicInstant.now < end {
                isMore = try journal.next()
                if isMore { entries.append(journal.entry()) }
            }
        } catch {
            if !entries.isEmpty { handler(.entries(entries)) }
            fail(error)
            return
        }
        if !entries.isEmpty { handler(.entries(entries)) }
        if isMore {
            loop.submit { [self] in read() }
        } else {
            loop.after(Self.pause) { [self] in listen() }
        }
    }

    /// Waits for the next entry. What was written during the pause has made the descriptor ready already.
    private func listen() {
        guard journal != nil else { return }
        do {
            try watch?.change(to: .read)
        } catch {
            fail(JournalError("the journal cannot be followed: \(error)"))
        }
    }
}
