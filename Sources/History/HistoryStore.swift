import Dispatch
import Files
public import Instruments
public import Logging
public import Metrics
public import Rules
import SQLite

/// What happened and what must be known after a restart, in one SQLite file: one writer, a few readers.
///
/// Writing goes through `writer` and never waits for readers; reading goes through `read` and never waits for the writer.
public final class HistoryStore: Sendable {
    /// Where and how much.
    public struct Options: Sendable {
        public var path: String
        public var keep: HistoryKeep

        public init(path: String, keep: HistoryKeep = HistoryKeep()) {
            self.path = path
            self.keep = keep
        }

        // For tests: a file system that fails, small queues, other times.
        var fileSystem: String?
        var limits = PendingChanges.Limits()
        var groupingTime = Duration.milliseconds(50)
        var checkTime = Duration.milliseconds(500)
        var tidiesByItself = true
    }

    public let writer: HistoryWriter
    /// How the database was found. Where it was replaced, what it held is gone: the kill switch, breakers and limits too.
    public let opening: HistoryOpening
    /// Whether everything is forgotten when the process ends.
    public let isInMemory: Bool

    private let readers: ReaderPool
    private let retention: Retention
    private let instruments: WriterInstruments
    private let log: Logger
    private let now: @Sendable () -> Timestamp

    // How often to look for what is too old, and how long to rest between two batches.
    private static let tidyingInterval = Duration.seconds(600)
    private static let tidyingRest = Duration.milliseconds(20)
    // An upper bound for the search for damage that goes on after the start.
    private static let fullCheckTime = Duration.seconds(600)

    /// Opens the database, or begins one where there is none. A damaged one is set aside, told of, and replaced.
    ///
    /// Throws where there is nothing to write to: a missing or a read-only folder, a full disk. Whether to go on `inMemory` then is
    /// the caller's decision.
    public static func open(
        _ options: Options,
        log: Logger,
        instruments: Instruments,
        now: @escaping @Sendable () -> Timestamp
    ) throws(HistoryError) -> HistoryStore {
        var file = HistoryFile(path: options.path)
        file.fileSystem = options.fileSystem
        file.checkTime = options.checkTime
        return try HistoryStore(file, options, log, instruments, now)
    }

    /// A history that ends with the process, for agents that have nowhere to write.
    public static func inMemory(
        log: Logger,
        instruments: Instruments,
        now: @escaping @Sendable () -> Timestamp
    ) throws(HistoryError) -> HistoryStore {
        // A name for each store: equal names share one database.
        let name = "/medic-\(UInt64.random(in: 0 ... .max))"
        let keep = HistoryKeep(age: .days(7), size: 16 << 20)
        return try HistoryStore(
            HistoryFile(path: name, fileSystem: "memdb"),
            Options(path: name, keep: keep),
            log,
            instruments,
            now
        )
    }

    private init(
        _ file: HistoryFile,
        _ options: Options,
        _ log: Logger,
        _ instruments: Instruments,
        _ now: @escaping @Sendable () -> Timestamp
    ) throws(HistoryError) {
        let queue = DispatchQueue(label: "medic.history")
        let readers = ReaderPool(file)
        let meters = WriterInstruments(instruments)
        // The connection is made here and used on the queue: from then on nobody else touches it.
        let opened = queue.sync { () -> Result<(WriterDesk, HistoryOpening), HistoryError> in
            do throws(HistoryError) {
                let (database, opening) = try file.open(now: now()) {
                    dispatchPrecondition(condition: .onQueue(queue))
                    return true
                }
                let desk = WriterDesk(
                    database,
                    file,
                    queue: queue,
                    log: log,
                    instruments: meters,
                    now: now,
                    replaced: { readers.letGo(forGood: false) }
                )
                return .success((desk, opening))
            } catch {
                return .failure(error)
            }
        }
        let (desk, opening) = try opened.get()
        self.opening = opening
        self.readers = readers
        self.log = log
        self.now = now
        self.instruments = meters
        isInMemory = file.isInMemory
        retention = Retention(keep: options.keep)
        let writer = HistoryWriter(
            desk,
            queue: queue,
            limits: options.limits,
            groupingTime: options.groupingTime,
            meters
        )
        self.writer = writer
        instruments.observe(
            "medic_history_pending_changes",
            help: "Changes that wait to be written.",
            kind: .gauge
        ) { [weak writer] in Double(writer?.pendingCount ?? 0) }
        if case .replaced(let kept, let reason) = opening {
            log.error(
                "the history was damaged: it is set aside, and a new one begun",
                ["reason": reason, "kept": kept]
            )
        }
        if options.tidiesByItself { tidy(after: .seconds(60)) }
    }

    /// Writes what waits and closes. Not from a callback of the writer.
    public func close() {
        // The last connection works the log in and removes it, which only the writer's can.
        readers.letGo(forGood: true)
        writer.close()
    }

    deinit { close() }

    // MARK: Reading

    /// Asks questions, all answered from one state of the database. Blocks for as long as that takes: not on a loop.
    public func read<Value>(
        _ body: (HistoryReader) throws(HistoryError) -> Value
    ) throws(HistoryError) -> Value {
        try readers.read(body)
    }

    // MARK: Looking after the file

    /// Copies the history into a new file while it is written to. The file appears when the copy is whole.
    public func backup(to path: String, mayContinue: () -> Bool = { true }) throws(HistoryError) {
        let unfinished = path + ".unfinished"
        do throws(FileError) {
            if try FileSystem.statusIfPresent(unfinished) != nil { try FileSystem.remove(unfinished) }
        } catch {
            throw .file(error)
        }
        do throws(HistoryError) {
            try readers.backup(to: unfinished, mayContinue: mayContinue)
        } catch {
            // What is there of it is of no use.
            try? FileSystem.remove(unfinished)
            throw error
        }
        do throws(FileError) {
            try FileSystem.rename(unfinished, to: path)
            try FileSystem.syncFolder(FileSystem.parent(of: path))
        } catch {
            throw .file(error)
        }
    }

    /// Looks for damage in every page and index; takes as long as reading the whole file. Blocks: for a thread of its own.
    ///
    /// Returns what was found; empty when the database is sound.
    public func findDamage() throws(HistoryError) -> [String] {
        let found = try readers.check(within: Self.fullCheckTime)
        instruments.isDamaged.set(found.isEmpty ? 0 : 1)
        if let first = found.first {
            log.error("the history is damaged: restart medic to set it aside", ["found": first])
        }
        return found
    }

    /// Deletes what is too old or too much, in batches between commits.
    private func tidy(after delay: Duration) {
        writer.onQueue(after: delay) { [weak self] desk in
            guard let self else { return }
            let gone = tidyStep(desk)
            tidy(after: gone > 0 ? Self.tidyingRest : Self.tidyingInterval)
        }
    }

    /// One batch; returns how many rows went.
    private func tidyStep(_ desk: WriterDesk) -> Int {
        let gone = desk.use { database throws(SQLiteError) in try retention.step(database, now: now()) } ?? 0
        instruments.pruned.add(UInt64(gone))
        if let size = desk.use({ database throws(SQLiteError) in try database.sizeInUse() }) {
            instruments.size.set(Double(size))
        }
        return gone
    }

    /// All batches at once, for tests: returns when nothing is left to do.
    func tidyCompletely() {
        let done = DispatchSemaphore(value: 0)
        writer.onQueue { [self] desk in
            while tidyStep(desk) > 0 {}
            desk.tidyLog(isIdle: true)
            done.signal()
        }
        done.wait()
    }
}

extension HistoryStore: AlertStateStore {
    public func load() throws -> [SavedGroup] {
        try read { reader throws(HistoryError) in try reader.savedGroups() }
    }

    public func save(_ group: SavedGroup) throws {
        try submitAndWait([.alerts(group)])
    }

    public func keepOnly(keys: [String]) throws {
        try submitAndWait([.keepGroups(keys)])
    }

    /// Writes the changes to the device and waits for it. Not from a callback of the writer.
    public func submitAndWait(_ changes: [HistoryChange]) throws(HistoryError) {
        let answer = WaitedAnswer()
        writer.submit(changes, durability: .synced) { answer.give($0) }
        try answer.wait().get()
    }
}
