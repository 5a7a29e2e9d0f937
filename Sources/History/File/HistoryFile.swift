import Files
import Logging
import Metrics
import SQLite

/// The database file: how it is found, opened, and set aside when it is damaged.
struct HistoryFile: Sendable {
    let path: String
    /// SQLite's name of a virtual file system, for tests of failing disks.
    var fileSystem: String?
    /// How long a start may look for damage; the rest is done afterwards.
    var checkTime = Duration.milliseconds(500)

    /// A name that SQLite keeps in memory, shared by the connections of this process.
    var isInMemory: Bool { fileSystem == "memdb" }

    // The log is cut to this after it was worked in.
    static let logLimit = 4 << 20
    static let writerCache = 768 * 1024
    static let readerCache = 256 * 1024
    // Of the files that were set aside, so that a failing disk is not filled with them.
    private static let setAsideMax = 3

    /// Opens the database for the writer. A damaged one is set aside, and a new one begun.
    func open(
        now: Timestamp,
        confinement: @escaping @Sendable () -> Bool
    ) throws(HistoryError) -> (Database, HistoryOpening) {
        if !isInMemory { try checkFolder() }
        do throws(SQLiteError) {
            return (try openSound(confinement), .usual)
        } catch {
            guard error.tellsOfDamage, !isInMemory else { throw HistoryError(error, path: path) }
            let kept = try setAside(now: now)
            do throws(SQLiteError) {
                let fresh = try openSound(confinement)
                return (fresh, .replaced(kept: kept, reason: error.message))
            } catch {
                throw HistoryError(error, path: path)
            }
        }
    }

    /// Opens the database for reading, while the writer has it open.
    func openReader() throws(HistoryError) -> Database {
        do throws(SQLiteError) {
            let options = Database.Options(
                .readOnly,
                cacheBytes: Self.readerCache,
                fileSystem: fileSystem
            )
            return try Database(path, options)
        } catch {
            throw HistoryError(error, path: path)
        }
    }

    /// SQLite says only that it cannot open what is not there; this says why.
    func checkPresence() throws(HistoryError) {
        do throws(FileError) { _ = try FileSystem.status(path) } catch { throw .file(error) }
    }

    private func checkFolder() throws(HistoryError) {
        do throws(FileError) {
            let folder = FileSystem.parent(of: path)
            guard try FileSystem.status(folder).kind == .folder else {
                throw FileError(.open, folder, .notAFolder)
            }
            if let status = try FileSystem.statusIfPresent(path), status.kind != .file {
                throw FileError(.open, path, status.kind == .folder ? .isAFolder : .invalid)
            }
        } catch {
            throw .file(error)
        }
    }

    private func openSound(_ confinement: @escaping @Sendable () -> Bool) throws(SQLiteError) -> Database {
        let options = Database.Options(
            .create,
            cacheBytes: Self.writerCache,
            fileSystem: fileSystem,
            confinement: confinement
        )
        let database = try Database(path, options)
        let known = try database.integer("PRAGMA user_version") ?? 0
        if known > Schema.version {
            // Set aside like a damaged one: what a newer medic wrote is kept for it, and not guessed at.
            throw SQLiteError(.notADatabase, message: "a schema of version \(known), known are up to \(Schema.version)")
        }
        // Only an empty database can be made so that its file shrinks.
        if known == 0 { try database.run(script: "PRAGMA auto_vacuum = INCREMENTAL") }
        if isInMemory {
            try database.run(script: "PRAGMA journal_mode = MEMORY")
        } else {
            if case .damaged(let findings) = try database.check(.quick, within: checkTime) {
                throw SQLiteError(.corrupt, message: findings.first ?? "damaged")
            }
            _ = try database.useWriteAheadLog(logLimit: Self.logLimit)
        }
        // Whatever is begun here is durable before anything relies on it.
        try database.synchronise(.full)
        try Schema.bringUp(database)
        try database.checkpoint()
        return database
    }

    /// Renames the database with what belongs to it, so that they can be opened together under the new name.
    func setAside(now: Timestamp) throws(HistoryError) -> String {
        let stamp = now.rfc3339Text.filter { !"-:".contains($0) }
        do throws(FileError) {
            var target = "\(path).damaged-\(stamp)"
            var count = 1
            while try FileSystem.statusIfPresent(target) != nil {
                count += 1
                target = "\(path).damaged-\(stamp)-\(count)"
            }
            for suffix in ["-wal", "-shm", ""] where try FileSystem.statusIfPresent(path + suffix) != nil {
                try FileSystem.rename(path + suffix, to: target + suffix)
            }
            try FileSystem.syncFolder(FileSystem.parent(of: path))
            try removeSurplus()
            return target
        } catch {
            throw .file(error)
        }
    }

    private func removeSurplus() throws(FileError) {
        let folder = FileSystem.parent(of: path)
        let prefix = FileSystem.name(of: path) + ".damaged-"
        let names = try FileSystem.list(folder).filter { $0.hasPrefix(prefix) }
        let bases = names.filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
        for base in bases.dropLast(Self.setAsideMax) {
            for name in names where name == base || name == base + "-wal" || name == base + "-shm" {
                try FileSystem.remove(folder + "/" + name)
            }
        }
    }
}

/// How the database was found.
public enum HistoryOpening: Sendable, Hashable {
    /// As it was left, or newly begun where there was none.
    case usual
    /// What was there could not be used: it is kept under another name, and a new one was begun.
    case replaced(kept: String, reason: String)
}
