import Foundation
import SQLite
import Synchronization
import Testing

@Suite struct `A connection` {
    let folder: TemporaryFolder
    let database: Database

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(folder.file("a.db"), .init(.create))
        try database.run(script: "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE, weight REAL, picture BLOB)")
    }

    @Test func `Values come back as they were bound`() throws {
        let texts = ["", "a'b\"c;--", "\u{0}nul\u{0}", "\u{e9}\u{1F9D1}", String(repeating: "x", count: 100_000)]
        for (index, text) in texts.enumerated() {
            let values: [SQLValue] = [.integer(Int64(index)), .text(text), .real(0.1), .blob([0, 255, 0])]
            try database.execute("INSERT INTO t VALUES(?, ?, ?, ?)", values)
        }
        let names = try database.rows("SELECT name FROM t ORDER BY id") { $0.text(0) }
        #expect(names.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
        let isRight = try database.first("SELECT weight, picture FROM t WHERE id = ?", [2]) {
            $0.real(0) == 0.1 && $0.bytes(1) == [0, 255, 0]
        }
        #expect(isRight == true)
        try database.execute("INSERT INTO t VALUES(?, ?, ?, ?)", [.integer(Int64.min), .null, .null, .blob([])])
        let isEmpty = try database.first("SELECT id, name, weight, picture FROM t WHERE name IS NULL") {
            $0.integer(0) == .min && $0.optionalText(1) == nil && $0.optionalReal(2) == nil && !$0.isNull(3)
                && $0.bytes(3).isEmpty && $0.isNull(17) && $0.text(-1).isEmpty
        }
        #expect(isEmpty == true)
    }

    @Test func `A statement says how many rows it changed`() throws {
        for index in 0..<3 { try database.execute("INSERT INTO t(id) VALUES(?)", [.integer(Int64(index))]) }
        #expect(try database.execute("UPDATE t SET name = NULL") == 3)
        #expect(try database.execute("DELETE FROM t WHERE id > 5") == 0)
        #expect(try database.integer("SELECT count(*) FROM t") == 3)
        #expect(try database.integer("SELECT id FROM t WHERE id = 9") == nil)
    }

    @Test func `Errors say what, and can be told apart`() throws {
        try database.execute("INSERT INTO t(name) VALUES('a')")
        let doubled = #expect(throws: SQLiteError.self) { try database.execute("INSERT INTO t(name) VALUES('a')") }
        #expect(doubled?.code.kind == .constraint)
        #expect(doubled?.statement == "INSERT INTO t(name) VALUES('a')")
        switch doubled?.code {
        case .some(.constraint): break
        default: Issue.record("an extended code matches its kind")
        }
        let malformed = #expect(throws: SQLiteError.self) { try database.execute("SELEKT") }
        #expect(malformed?.code == .error)
        #expect(malformed?.description.contains("near \"SELEKT\"") == true)
        #expect(throws: SQLiteError.self) { try database.execute("INSERT INTO t(name) VALUES(?)", []) }
        #expect(throws: SQLiteError.self) { try database.execute("INSERT INTO t(name) VALUES(?)", [1, 2]) }
        #expect(throws: SQLiteError.self) { try database.execute("  ") }
    }

    @Test func `A transaction holds all of its changes or none`() throws {
        try database.transaction(.immediate) { () throws(SQLiteError) in
            try database.execute("INSERT INTO t(name) VALUES('a')")
            try database.execute("INSERT INTO t(name) VALUES('b')")
        }
        #expect(throws: SQLiteError.self) {
            try database.transaction(.immediate) { () throws(SQLiteError) in
                try database.execute("INSERT INTO t(name) VALUES('c')")
                try database.execute("INSERT INTO t(name) VALUES('a')")
            }
        }
        #expect(try database.rows("SELECT name FROM t ORDER BY id") { $0.text(0) } == ["a", "b"])
        try database.transaction(.immediate) { () throws(SQLiteError) in
            try database.execute("INSERT INTO t(name) VALUES('d')")
        }
        #expect(try database.integer("SELECT count(*) FROM t") == 3)
    }

    @Test func `A statement can be used within its own rows`() throws {
        for index in 0..<4 { try database.execute("INSERT INTO t(id) VALUES(?)", [.integer(Int64(index))]) }
        let sql = "SELECT id FROM t WHERE id >= ? ORDER BY id"
        let counts = try database.rows(sql, [0]) { row in
            (try? database.rows(sql, [.integer(row.integer(0))]) { $0.integer(0) }.count) ?? -1
        }
        #expect(counts == [4, 3, 2, 1])
    }

    @Test func `Closing tells of a statement at work`() throws {
        try database.execute("INSERT INTO t(id) VALUES(1)")
        let refusal = Mutex<SQLiteError?>(nil)
        _ = try database.rows("SELECT id FROM t") { _ in
            do throws(SQLiteError) { try database.close() } catch { refusal.withLock { $0 = error } }
        }
        #expect(refusal.withLock { $0?.code } == .busy)
        #expect(refusal.withLock { $0?.statement } == "SELECT id FROM t")
        try database.close()
        try database.close()
        #expect(throws: SQLiteError.self) { try database.execute("SELECT 1") }
    }

    @Test func `Somebody else's lock is waited for, and then told of`() throws {
        let other = try Database(folder.file("a.db"), .init(.readWrite, busyTimeout: .milliseconds(30)))
        try database.transaction(.immediate) { () throws(SQLiteError) in
            let begin = ContinuousClock.now
            let refusal = #expect(throws: SQLiteError.self) { try other.execute("INSERT INTO t(id) VALUES(1)") }
            #expect(refusal?.code.kind == .busy)
            #expect(ContinuousClock.now - begin >= .milliseconds(25))
        }
        try other.execute("INSERT INTO t(id) VALUES(1)")
    }

    static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    @Test func `What is at work can be interrupted from another thread, whatever the moment`() throws {
        let interrupter = database.interrupter
        let isOver = Mutex(false)
        let thread = Thread {
            while !isOver.withLock({ $0 }) { interrupter.interrupt() }
        }
        thread.start()
        defer { isOver.withLock { $0 = true } }
        let error = #expect(throws: SQLiteError.self) { try database.integer(Self.endless) }
        #expect(error?.code == .interrupted)
        isOver.withLock { $0 = true }
        try database.close()
        interrupter.interrupt()
    }

    @Test func `What takes too long ends when its time is over`() throws {
        let begin = ContinuousClock.now
        let error = #expect(throws: SQLiteError.self) {
            _ = try database.limited(to: .milliseconds(30)) { () throws(SQLiteError) in
                try database.integer(Self.endless)
            }
        }
        #expect(error?.code == .interrupted)
        #expect(ContinuousClock.now - begin < .seconds(10))
        #expect(try database.integer("SELECT 7") == 7)
    }

    @Test func `A place with a queue of its own is asked at every entry`() throws {
        let count = Mutex(0)
        let confined = try Database(
            folder.file("b.db"),
            .init(
                .create,
                confinement: {
                    count.withLock { $0 += 1 }
                    return true
                }
            )
        )
        let before = count.withLock { $0 }
        _ = try confined.integer("SELECT 1")
        #expect(count.withLock { $0 } > before)
    }
}

@Suite struct `A database file` {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func filled(_ name: String, rows: Int = 2_000) throws -> Database {
        let database = try Database(folder.file(name), .init(.create))
        #expect(try database.useWriteAheadLog(logLimit: 1 << 20))
        try database.run(script: "CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT)")
        try database.transaction(.immediate) { () throws(SQLiteError) in
            for index in 0..<rows {
                try database.execute(
                    "INSERT INTO t VALUES(?, ?)",
                    [.integer(Int64(index)), .text(String(repeating: "abcdefgh", count: 20))]
                )
            }
        }
        return database
    }

    @Test func `What is missing or none of ours is told of when it is opened`() throws {
        let missing = #expect(throws: SQLiteError.self) { try Database(folder.file("none.db"), .init(.readOnly)) }
        #expect(missing?.code.kind == .cannotOpen)
        #expect(throws: SQLiteError.self) { try Database(folder.file("no/such/folder.db"), .init(.create)) }
        #expect(throws: SQLiteError.self) { try Database(folder.file("a\u{0}b"), .init(.create)) }
        try "This is a letter and no database at all; it goes on for quite a while, though, and is a text.".write(
            toFile: folder.file("letter.db"),
            atomically: true,
            encoding: .utf8
        )
        let error = #expect(throws: SQLiteError.self) { try Database(folder.file("letter.db"), .init(.readWrite)) }
        #expect(error?.code == .notADatabase)
        #expect(error?.tellsOfDamage == true)
    }

    @Test func `A sound database is found sound, and one with flipped bits is not`() throws {
        let database = try filled("a.db")
        #expect(try database.check(.quick, within: .seconds(60)) == .sound)
        #expect(try database.check(.full, within: .seconds(60)) == .sound)
        try database.checkpoint()
        try database.close()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.db"))))
        for page in 3..<8 { for place in 0..<16 { bytes[page * 4_096 + place] ^= 0x5A } }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("a.db")))
        let again = try Database(folder.file("a.db"), .init(.readWrite))
        guard case .damaged(let findings) = try again.check(.quick, within: .seconds(60)) else {
            Issue.record("the damage was not seen")
            return
        }
        #expect(!findings.isEmpty)
    }

    @Test func `A check ends with its time`() throws {
        let database = try filled("a.db", rows: 20_000)
        #expect(try database.check(.full, within: .zero) == .unknown)
        #expect(try database.integer("SELECT count(*) FROM t") == 20_000)
    }

    @Test func `Readers see one state while somebody writes`() throws {
        let writer = try filled("a.db", rows: 10)
        let reader = try Database(folder.file("a.db"), .init(.readOnly))
        try reader.transaction(.deferred) { () throws(SQLiteError) in
            #expect(try reader.integer("SELECT count(*) FROM t") == 10)
            try writer.execute("DELETE FROM t")
            try writer.checkpoint()
            #expect(try reader.integer("SELECT count(*) FROM t") == 10)
        }
        #expect(try reader.integer("SELECT count(*) FROM t") == 0)
        #expect(throws: SQLiteError.self) { try reader.execute("DELETE FROM t") }
    }

    @Test func `A backup is one state, whatever is written meanwhile, and one sound file`() throws {
        let writer = try filled("a.db")
        let source = try Database(folder.file("a.db"), .init(.readOnly))
        var steps = 0
        try source.backup(to: folder.file("copy.db"), pagesPerStep: 10) {
            steps += 1
            // Two tables change together; a copy must show both or neither.
            let values: [SQLValue] = [.integer(Int64(10_000 + steps))]
            return (try? writer.execute("INSERT INTO t VALUES(?, 'later')", values)) != nil
        }
        #expect(steps > 5)
        #expect(try writer.integer("SELECT count(*) FROM t WHERE text = 'later'") == Int64(steps))
        let copy = try Database(folder.file("copy.db"), .init(.readOnly))
        #expect(try copy.check(.full, within: .seconds(60)) == .sound)
        #expect(try copy.integer("SELECT count(*) FROM t") == 2_000)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().contains("copy.db-wal") == false
        )
    }

    @Test func `A backup can be ended`() throws {
        let source = try filled("a.db")
        let error = #expect(throws: SQLiteError.self) {
            try source.backup(to: folder.file("copy.db"), pagesPerStep: 1) { false }
        }
        #expect(error?.code == .interrupted)
        #expect(try source.integer("SELECT count(*) FROM t") == 2_000)
    }

    @Test func `The log is worked in when asked for`() throws {
        let database = try filled("a.db")
        let before = try FileManager.default.attributesOfItem(atPath: folder.file("a.db"))[.size] as? Int ?? 0
        #expect(before < 100_000)
        #expect(try database.checkpoint() == 0)
        let after = try FileManager.default.attributesOfItem(atPath: folder.file("a.db"))[.size] as? Int ?? 0
        #expect(after > 300_000)
        #expect(try database.sizeInUse() > 300_000)
    }
}
