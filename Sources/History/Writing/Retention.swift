import Logging
public import Metrics
import SQLite

/// How much of the past is kept.
public struct HistoryKeep: Sendable, Hashable {
    /// What is older goes.
    public var age: Milliseconds
    /// What the database may hold, in bytes; beyond it the oldest goes.
    public var size: Int64

    public init(age: Milliseconds = .days(90), size: Int64 = 256 << 20) {
        self.age = age
        self.size = size
    }
}

/// Deletes what is too old or too much, a little at a time, so that no commit waits for it.
struct Retention: Sendable {
    let keep: HistoryKeep

    /// How many rows go at once.
    static let batch = 200
    // Pages that were freed, given back to the file system at once.
    private static let vacuumPages = 200
    // Whatever the limit of the size: the newest records stay, and so do open runs and everything that decides.
    private static let recordsMin = 1_000

    /// Deletes one batch. Returns how many rows went; zero when there is nothing left to do.
    func step(_ database: Database, now: Timestamp) throws(SQLiteError) -> Int {
        var gone = try database.transaction(.immediate) { () throws(SQLiteError) in
            try deleteOld(database, now)
        }
        if gone == 0, try database.sizeInUse() > keep.size {
            gone = try database.transaction(.immediate) { () throws(SQLiteError) in
                try deleteOldest(database)
            }
        }
        _ = try database.rows("PRAGMA incremental_vacuum(\(Self.vacuumPages))") { _ in }
        return gone
    }

    private func deleteOld(_ database: Database, _ now: Timestamp) throws(SQLiteError) -> Int {
        let limit = SQLValue.time(now - keep.age)
        let batch = SQLValue.integer(Int64(Self.batch))
        var gone = try database.execute(
            "DELETE FROM records WHERE id IN (SELECT id FROM records WHERE at < ? ORDER BY at LIMIT ?)",
            [limit, batch]
        )
        gone += try deleteRuns(database, "ended < ?", [limit, batch])
        gone += try database.execute(
            """
            DELETE FROM outbox WHERE rowid IN \
            (SELECT rowid FROM outbox WHERE state <> 'pending' AND due < ? ORDER BY due LIMIT ?)
            """,
            [limit, batch]
        )
        gone += try database.execute("DELETE FROM silences WHERE ends < ?", [limit])
        gone += try database.execute("DELETE FROM notified WHERE expires < ?", [.time(now)])
        gone += try database.execute(
            "DELETE FROM inbound WHERE ends IS NOT NULL AND ends < ? AND updated < ?",
            [limit, limit]
        )
        gone += try database.execute("DELETE FROM kept WHERE expires < ?", [.time(now)])
        gone += try deleteVersions(database, limit)
        return gone
    }

    private func deleteRuns(
        _ database: Database,
        _ condition: String,
        _ values: [SQLValue]
    ) throws(SQLiteError) -> Int {
        let chosen = "SELECT id FROM runs WHERE ended IS NOT NULL AND \(condition) ORDER BY opened LIMIT ?"
        try database.execute("DELETE FROM steps WHERE run IN (\(chosen))", values)
        return try database.execute("DELETE FROM runs WHERE id IN (\(chosen))", values)
    }

    /// Of each file the newest version and the newest good one stay, however old they are.
    private func deleteVersions(_ database: Database, _ limit: SQLValue) throws(SQLiteError) -> Int {
        let gone = try database.execute(
            """
            DELETE FROM versions WHERE seen < ? AND id NOT IN (SELECT max(id) FROM versions GROUP BY file) \
            AND id NOT IN (SELECT max(id) FROM versions WHERE good IS NOT NULL GROUP BY file)
            """,
            [limit]
        )
        if gone > 0 { try database.execute("DELETE FROM contents WHERE hash NOT IN (SELECT hash FROM versions)") }
        return gone
    }

    private func deleteOldest(_ database: Database) throws(SQLiteError) -> Int {
        let batch = SQLValue.integer(Int64(Self.batch))
        let gone = try database.execute(
            """
            DELETE FROM records WHERE id IN (SELECT id FROM records ORDER BY at LIMIT \
            (SELECT max(0, min(?, count(*) - \(Self.recordsMin))) FROM records))
            """,
            [batch]
        )
        // Each run is far larger than a record, and there are far fewer.
        let runs = try deleteRuns(
            database,
            "opened < (SELECT coalesce(min(at), 0) FROM records)",
            [.integer(Int64(Self.batch / 10))]
        )
        return gone + runs
    }
}
