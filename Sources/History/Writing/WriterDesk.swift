import Dispatch
import Instruments
import Logging
import Metrics
import SQLite

/// The writer's connection and what it remembers. Confined to the writer's queue, which every entry checks: that is why it may be
/// passed between threads.
final class WriterDesk: @unchecked Sendable {
    private var database: Database
    private let file: HistoryFile
    private let queue: DispatchQueue
    private let log: Logger
    private let instruments: WriterInstruments
    private let now: @Sendable () -> Timestamp
    /// Called when the database was replaced under everybody's feet.
    private let replaced: @Sendable () -> Void

    private var synchronisation: Synchronisation?
    // Changes since the log was last worked in.
    private var logged = 0
    // Nil while all is well; else what was last reported.
    private var trouble: HistoryError?
    private var isClosed = false

    // A log of about two megabytes: working it in takes some milliseconds, and reading it is still fast.
    private static let loggedMax = 2_000

    init(
        _ database: Database,
        _ file: HistoryFile,
        queue: DispatchQueue,
        log: Logger,
        instruments: WriterInstruments,
        now: @escaping @Sendable () -> Timestamp,
        replaced: @escaping @Sendable () -> Void
    ) {
        self.database = database
        self.file = file
        self.queue = queue
        self.log = log
        self.instruments = instruments
        self.now = now
        self.replaced = replaced
    }

    private func check() { dispatchPrecondition(condition: .onQueue(queue)) }

    /// Writes the submissions in one transaction, as durable as the most demanding of them wants.
    func commit(_ batch: [Submission], synced: Bool = false) throws(HistoryError) {
        check()
        guard !isClosed else { throw .closed }
        let isSynced = synced || batch.contains { $0.durability == .synced }
        let begin = ContinuousClock.now
        do throws(SQLiteError) {
            try write(batch, isSynced ? .full : .normal)
        } catch {
            instruments.failures.add()
            if error.tellsOfDamage && replace(error) {
                do throws(SQLiteError) { try write(batch, .full) } catch { throw HistoryError(error, path: file.path) }
            } else {
                throw HistoryError(error, path: file.path)
            }
        }
        instruments.commitSeconds.observe((ContinuousClock.now - begin) / .seconds(1))
        (isSynced ? instruments.syncedCommits : instruments.groupedCommits).add()
        let count = batch.reduce(0) { $0 + $1.changes.count }
        instruments.changes.add(UInt64(count))
        logged += count
        recover()
    }

    private func write(_ batch: [Submission], _ wanted: Synchronisation) throws(SQLiteError) {
        if synchronisation != wanted {
            try database.synchronise(wanted)
            synchronisation = wanted
        }
        let writer = ChangeWriter(database: database)
        try database.transaction(.immediate) { () throws(SQLiteError) in
            for submission in batch {
                for change in submission.changes { try writer.write(change) }
            }
        }
    }

    /// Tells of a failure, once until it changes.
    func report(_ error: HistoryError) {
        check()
        instruments.isWritable.set(0)
        guard trouble != error else { return }
        trouble = error
        log.error("cannot write the history", ["reason": "\(error)", "path": file.path])
    }

    private func recover() {
        instruments.isWritable.set(1)
        guard trouble != nil else { return }
        trouble = nil
        log.info("the history can be written again", ["path": file.path])
    }

    /// Sets a database aside that turned out to be damaged, and begins a new one.
    private func replace(_ damage: SQLiteError) -> Bool {
        guard !file.isInMemory else { return false }
        do {
            try database.close()
            let kept = try file.setAside(now: now())
            (database, _) = try file.open(now: now()) { [queue] in
                dispatchPrecondition(condition: .onQueue(queue))
                return true
            }
            synchronisation = nil
            replaced()
            log.error(
                "the history is damaged: it was set aside, and a new one begun",
                ["reason": "\(damage)", "kept": kept]
            )
            return true
        } catch {
            log.error("the history is damaged and cannot be set aside", ["reason": "\(error)", "path": file.path])
            return false
        }
    }

    /// Works the log into the database when it has grown and there is nothing better to do, or when it has grown long.
    func tidyLog(isIdle: Bool) {
        check()
        let limit = isIdle ? Self.loggedMax : Self.loggedMax * 10
        guard !isClosed, logged >= limit, !file.isInMemory else { return }
        do throws(SQLiteError) {
            // Readers may hold some of it back: then the next time does it.
            if try database.checkpoint() == 0 { logged = 0 }
        } catch {
            report(HistoryError(error, path: file.path))
        }
    }

    /// Does something between commits with the writer's connection; what goes wrong is reported.
    func use<Value>(_ body: (Database) throws(SQLiteError) -> Value) -> Value? {
        check()
        guard !isClosed else { return nil }
        do throws(SQLiteError) {
            return try body(database)
        } catch {
            report(HistoryError(error, path: file.path))
            return nil
        }
    }

    func close() {
        check()
        guard !isClosed else { return }
        isClosed = true
        do throws(SQLiteError) {
            // The last connection that closes works the log in and removes it.
            try database.close()
        } catch {
            log.warning("cannot close the history", ["reason": "\(error)"])
        }
    }
}
