import Dispatch
import Foundation
import Instruments
import Logging
import Metrics
import SQLite
import Synchronization
import Testing

@testable import History

/// A process that writes is killed at any moment, again and again, and goes on with the same file.
///
/// `MEDIC_CRASHES=200 swift test --filter CrashTests` kills it two hundred times.
@Suite(.serialized) struct CrashTests {
    private static let variable = "MEDIC_HISTORY_CRASH_FOLDER"
    private static let folder = ProcessInfo.processInfo.environment[variable]
    private static let crashes = ProcessInfo.processInfo.environment["MEDIC_CRASHES"].flatMap { Int($0) } ?? 8

    /// What the killed process does: it writes numbers, and notes each that was said to be written.
    @Test(.enabled(if: folder != nil)) func `Writes until it is killed`() throws {
        let folder = try #require(Self.folder)
        let store = try HistoryStore.open(
            .init(path: folder + "/history.db"),
            log: .init(.discarding(), component: "history"),
            instruments: .init()
        ) { time(1) }
        #expect(store.opening == .usual)
        let notes = unsafe open(folder + "/acknowledged", O_WRONLY | O_APPEND | O_CREAT, 0o600)
        let first = try store.read { reader throws(HistoryError) in
            try reader.asked { () throws(SQLiteError) in
                try reader.database.integer("SELECT coalesce(max(at), -1) + 1 FROM records") ?? 0
            }
        }
        var number = Int(first)
        while true {
            // Enough to keep the writer busy, and no more than it can take.
            if store.writer.pendingCount > 500 { continue }
            let current = number
            let isSynced = number % 9 == 0
            let record = HistoryRecord(
                at: Timestamp(milliseconds: Int64(current)),
                kind: .transition,
                name: "x",
                text: String(repeating: "\(current) ", count: current % 300)
            )
            store.writer.submit([.record(record)], durability: isSynced ? .synced : .grouped) { answer in
                guard answer.error == nil else { return }
                let line = Array("\(current)\n".utf8)
                _ = unsafe line.withUnsafeBytes { unsafe write(notes, $0.baseAddress, $0.count) }
            }
            number += 1
        }
    }

    @Test func `Killed in the middle of commits, it loses nothing that it acknowledged`() throws {
        let place = try Place()
        var random = SystemRandomNumberGenerator()
        var lastCount = 0
        for crash in 0..<Self.crashes {
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            child.arguments = [
                "--testing-library", "swift-testing", "--filter", "HistoryTests.CrashTests/.*until it is killed",
            ]
            child.environment = ProcessInfo.processInfo.environment.merging([Self.variable: place.folder]) { $1 }
            child.standardOutput = FileHandle.nullDevice
            child.standardError = FileHandle.nullDevice
            try child.run()
            let before = noteSize(place)
            let begin = ContinuousClock.now
            while noteSize(place) == before && child.isRunning && ContinuousClock.now - begin < .seconds(60) {
                usleep(2_000)
            }
            // It is at work now: any moment will do.
            usleep(UInt32.random(in: 0..<30_000, using: &random))
            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            try #require(child.terminationReason == .uncaughtSignal, "the child ended by itself")

            let noted = acknowledged(place)
            let database = try Database(place.path, .init(.readWrite))
            #expect(try database.check(.full, within: .seconds(120)) == .sound)
            let present = try database.rows("SELECT at FROM records ORDER BY id") { Int($0.integer(0)) }
            // All of them in order, without a hole: what is missing is the end, and nobody was told that it was written.
            #expect(present == Array(0..<present.count))
            #expect((noted.max() ?? -1) < present.count, "crash \(crash)")
            #expect(present.count > lastCount)
            lastCount = present.count
        }
        print("\(Self.crashes) crashes, \(lastCount) records, none that was acknowledged lost")
    }

    private func noteSize(_ place: Place) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: place.folder + "/acknowledged")
        return attributes?[.size] as? Int ?? 0
    }

    private func acknowledged(_ place: Place) -> [Int] {
        let text = (try? String(contentsOfFile: place.folder + "/acknowledged", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { Int($0) }
    }
}
