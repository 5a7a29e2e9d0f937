internal import CSQLite

/// How much of a commit must be on the device before it returns.
public enum Synchronisation: String, Sendable {
    /// Nothing: a power failure may take the newest commits, never the database.
    case normal = "PRAGMA synchronous = NORMAL"
    /// All of it, and all commits before.
    case full = "PRAGMA synchronous = FULL"
}

extension Database {
    /// Writes changes to a write-ahead log, so that readers and the writer do not wait for each other. Returns false where the
    /// file system cannot do that.
    ///
    /// The log is worked into the database only by `checkpoint`, so that no commit pays for it; `logLimit` is the size to which the
    /// log's file is cut after that.
    public func useWriteAheadLog(logLimit: Int) throws(SQLiteError) -> Bool {
        let mode = try first("PRAGMA journal_mode = WAL") { $0.text(0) }
        _ = try first("PRAGMA journal_size_limit = \(logLimit)") { $0.integer(0) }
        _ = try first("PRAGMA wal_autocheckpoint = 0") { $0.integer(0) }
        return mode == "wal"
    }

    /// What the commits to come wait for. Only between transactions.
    public func synchronise(_ synchronisation: Synchronisation) throws(SQLiteError) {
        // This pragma does its work while it is compiled, so that a statement kept from before would do nothing.
        try run(script: synchronisation.rawValue)
    }

    /// Works the log into the database as far as readers allow, waiting for nobody. Returns the pages left in the log.
    @discardableResult
    public func checkpoint() throws(SQLiteError) -> Int {
        let handle = unsafe try handle()
        var inLog: Int32 = 0
        var moved: Int32 = 0
        let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &inLog, &moved)
        guard code == SQLITE_OK || code & 0xFF == SQLITE_BUSY else { throw unsafe SQLiteError(code, of: handle) }
        return Int(max(inLog - moved, 0))
    }

    /// The bytes of the database that hold something, the log not counted.
    public func sizeInUse() throws(SQLiteError) -> Int64 {
        let pages = try integer("PRAGMA page_count") ?? 0
        let free = try integer("PRAGMA freelist_count") ?? 0
        let size = try integer("PRAGMA page_size") ?? 0
        return (pages &- free) &* size
    }
}
