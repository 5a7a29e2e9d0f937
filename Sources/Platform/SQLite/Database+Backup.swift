internal import CSQLite

extension Database {
    /// Copies the database into a new file while others go on writing.
    ///
    /// The copy is one state of the database: this connection holds a reading transaction meanwhile, which in WAL mode keeps
    /// nobody from writing. Between the steps `mayContinue` is asked. The copy is a single file, synced when this returns.
    public func backup(
        to target: String,
        pagesPerStep: Int32 = 256,
        mayContinue: () -> Bool = { true }
    ) throws(SQLiteError) {
        let source = unsafe try handle()
        let copy = try Database(target, Options(.create, cacheBytes: 64 * 1024))
        try transaction(.deferred) { () throws(SQLiteError) in
            // A transaction begins with the first look.
            _ = try integer("SELECT count(*) FROM sqlite_schema")
            try unsafe Self.copy(from: source, to: copy.handle(), pagesPerStep, mayContinue)
        }
        // Without this the copy would want a -wal and a -shm beside it when it is opened.
        _ = try copy.first("PRAGMA journal_mode = DELETE") { $0.text(0) }
        try copy.close()
    }

    private static func copy(
        from source: OpaquePointer,
        to target: OpaquePointer,
        _ pagesPerStep: Int32,
        _ mayContinue: () -> Bool
    ) throws(SQLiteError) {
        guard let backup = unsafe sqlite3_backup_init(target, "main", source, "main") else {
            throw unsafe SQLiteError(sqlite3_extended_errcode(target), of: target)
        }
        var code = SQLITE_OK
        while code == SQLITE_OK {
            guard mayContinue() else {
                _ = unsafe sqlite3_backup_finish(backup)
                throw SQLiteError(.interrupted, message: "the backup was told to end")
            }
            code = unsafe sqlite3_backup_step(backup, pagesPerStep)
        }
        let last = unsafe sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE, last == SQLITE_OK else {
            throw unsafe SQLiteError(code == SQLITE_DONE ? last : code, of: target)
        }
    }
}
