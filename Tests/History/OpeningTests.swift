import Files
import Foundation
import JSON
import Logging
import Metrics
import SQLite
import Synchronization
import Testing

@testable import History

@Suite struct `A history is opened` {
    let place: Place

    init() throws { place = try Place() }

    private func filled() throws {
        let store = try place.open()
        try store.put((0..<500).map { .record(transition($0)) } + [.keep(KeptValue(.setting, "a", at: time(1), 1))])
        store.close()
    }

    @Test func `A closed history is one file, and is found as it was left`() throws {
        try filled()
        #expect(try place.names() == ["history.db"])
        let store = try place.open()
        #expect(store.opening == .usual)
        #expect(try store.count() == 500)
    }

    /// What may become of a file on a bad day.
    enum Damage: String, CaseIterable, CustomTestStringConvertible {
        case garbage, letter, halfAPage, truncated, flippedHeader, flippedPages, newer
        var testDescription: String { rawValue }

        func apply(to bytes: inout [UInt8]) {
            switch self {
            case .garbage: bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 7_919 &+ $0 >> 3) }
            case .letter: bytes = Array("Dear medic,\nthis is no database.\n".utf8)
            case .halfAPage: bytes = Array(bytes.prefix(2_000))
            case .truncated: bytes = Array(bytes.prefix(bytes.count / 2 / 4_096 * 4_096))
            case .flippedHeader: for place in 0..<32 { bytes[place] ^= 0xFF }
            case .flippedPages:
                for page in 8..<20 { for place in 0..<24 { bytes[page * 4_096 + place] ^= 0x5A } }
            case .newer: bytes[63] = 200
            }
        }
    }

    @Test(arguments: Damage.allCases)
    func `A damaged database is set aside and told of, and a new one begun`(damage: Damage) throws {
        try filled()
        var bytes = try place.bytes()
        damage.apply(to: &bytes)
        try place.write(bytes)
        let store = try place.open()
        guard case .replaced(let kept, let reason) = store.opening else {
            Issue.record("the damage was not seen")
            return
        }
        #expect(!reason.isEmpty)
        #expect(
            kept == place.path + ".damaged-20231114T221320Z" || kept == place.path + ".damaged-20231114T221320.000Z"
        )
        #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: kept))).count == bytes.count)
        #expect(try store.count() == 0)
        try store.put([.record(transition(1))])
        #expect(try store.count() == 1)
        #expect(place.sink.entries.contains { $0.level == .error && $0["kept"] == kept })
        #expect(try store.findDamage() == [])
    }

    @Test func `Only the newest damaged files are kept`() throws {
        for number in 0..<5 {
            try place.write(Array("no database \(number)".utf8))
            place.clock.withLock { $0 = $0 + .minutes(1) }
            try place.open().close()
        }
        let kept = try place.names().filter { $0.contains("damaged") }
        #expect(kept.count == 3)
        let newest = try String(contentsOfFile: place.folder + "/" + (kept.last ?? ""), encoding: .utf8)
        #expect(newest == "no database 4")
    }

    @Test func `A log that is torn or garbled is cut, and what was committed before is there`() throws {
        let store = try place.open()
        try store.put((0..<100).map { .record(transition($0)) })
        let (whole, log) = (try place.bytes(), try place.bytes("-wal"))
        let other = try Place()
        for cut in [0, 1, 32, log.count / 2, log.count - 1, log.count] {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: other.path + suffix) }
            try other.write(whole)
            var torn = Array(log.prefix(cut))
            if cut == log.count { torn += (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31) } }
            try other.write(torn, "-wal")
            let again = try other.open()
            #expect(again.opening == .usual)
            // All of the transaction or nothing of it; behind it may lie older parts of the log.
            let count = try again.count()
            #expect(count == 0 && cut < log.count || count == 100 && cut > 32)
            again.close()
        }
    }

    @Test func `A place where nothing can be written is a clear error`() throws {
        func error(_ path: String) -> HistoryError? {
            do {
                _ = try HistoryStore.open(
                    .init(path: path),
                    log: .init(place.sink, component: "h"),
                    instruments: place.instruments
                ) {
                    time(1)
                }
                return nil
            } catch { return error }
        }
        guard case .file(let missing) = error(place.folder + "/no/history.db") else {
            Issue.record("a missing folder is told of")
            return
        }
        #expect(missing.code == .notFound)
        guard case .file(let folder) = error(place.folder) else {
            Issue.record("a folder in place of the file is told of")
            return
        }
        #expect(folder.code == .isAFolder)
        #expect(error("/proc/history.db") != nil)
    }

    @Test(arguments: 0...Schema.steps.count)
    func `A database of every former version is brought up, with what it holds`(version: Int) throws {
        let database = try Database(place.path, .init(.create))
        for step in Schema.steps.prefix(version) { try database.run(script: step) }
        try database.run(script: "PRAGMA user_version = \(version)")
        if version > 0 {
            try database.execute("INSERT INTO records(at, kind, name, text, payload) VALUES(5, 'act', 'x', 'y', '')")
        }
        try database.close()
        let store = try place.open()
        #expect(store.opening == .usual)
        #expect(try store.count() == min(version, 1))
        try store.put([
            .silence(SilenceEntry(id: "s", starts: time(1), ends: time(2), updated: time(1), payload: .null)),
            .version(ConfigVersion(file: "f", hash: "h", seen: time(1)), content: []),
        ])
        store.close()
        let again = try Database(place.path, .init(.readOnly))
        #expect(try again.integer("PRAGMA user_version") == Schema.version)
        #expect(try again.check(.full, within: .seconds(60)) == .sound)
    }

    @Test func `A step that fails leaves the version before it`() throws {
        let database = try Database(place.path, .init(.create))
        try database.run(script: Schema.steps[0] + "CREATE TABLE outbox(x); PRAGMA user_version = 1")
        try database.close()
        #expect(throws: HistoryError.self) { try place.open() }
        let again = try Database(place.path, .init(.readOnly))
        #expect(try again.integer("PRAGMA user_version") == 1)
    }
}
