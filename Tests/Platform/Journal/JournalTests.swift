import EventLoop
import Foundation
import Journal
import Logging
import Synchronization
import TestServers
import Testing

@Suite(.enabled(if: Host.canBeMade, "no throw-away host here"))
struct JournalTests {
    @Test func `A real journal is followed, and read from its end`() async throws {
        try await Host.rehearse("JournalTests.JournalScenarios")
    }
}

/// What a follower told.
private final class Diary: Sendable {
    private let entries = Mutex<[JournalEntry]>([])
    private let opened = Mutex(0)

    func note(_ event: JournalFollower.Event) {
        switch event {
        case .opened: opened.withLock { $0 += 1 }
        case .entries(let new): entries.withLock { $0 += new }
        case .failed(let error): Issue.record("\(error)")
        }
    }

    func isOpen() async throws {
        for _ in 0..<10_000 where opened.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(1)) }
    }

    func messages(
        of identifier: String,
        count: Int,
        where isWanted: (JournalEntry) -> Bool = { _ in true }
    ) async throws -> [JournalEntry] {
        for _ in 0..<10_000 {
            let found = entries.withLock { $0.filter { $0.identifier == identifier && isWanted($0) } }
            if found.count >= count { return found }
            try await Task.sleep(for: .milliseconds(1))
        }
        return entries.withLock { $0 }
    }
}

@Suite(.serialized, .enabled(if: Host.role == "root"))
struct JournalScenarios {
    private let loop: EventLoop
    private let log = Logger(.discarding(), component: "test")

    init() throws {
        loop = try EventLoop(named: "journal-test")
        loop.start()
    }

    @Test func `Entries arrive in order with unit, priority and text`() async throws {
        try Host.shell("logger --tag before old; journalctl --sync")
        let diary = Diary()
        let follower = JournalFollower(loop: loop, log: log) { diary.note($0) }
        follower.begin()
        try await diary.isOpen()
        // Through a stream: the journal knows whose it is, however fast the writer is gone.
        let speak = "systemd-run --quiet --wait --unit speaker --property SyslogIdentifier=first"
        try Host.shell("\(speak) echo '<3>Grüße'; logger --tag second two")
        let first = try await diary.messages(of: "first", count: 1)
        #expect(first.map(\.message) == ["Grüße"])
        #expect(first.map(\.priorityWord) == ["err"])
        #expect(first.first?.unit == "speaker.service")
        #expect((first.first?.time ?? 0) > 1_600_000_000_000_000)
        #expect(try await diary.messages(of: "second", count: 1).map(\.priority) == [5])
        #expect(try await diary.messages(of: "before", count: 0).isEmpty)

        // A flood, which takes several turns.
        try Host.shell("seq 3000 | logger --tag flood")
        let flood = try await diary.messages(of: "flood", count: 3_000)
        #expect(flood.map(\.message) == (1...3_000).map(String.init))
        follower.stop()
        loop.stop()
    }

    @Test func `What systemd writes about a unit belongs to the unit`() async throws {
        let diary = Diary()
        let follower = JournalFollower(loop: loop, log: log) { diary.note($0) }
        follower.begin()
        try await diary.isOpen()
        // The host's systemd writes to its console unless told otherwise.
        try Host.shell("systemctl log-target journal")
        try Host.shell("systemd-run --quiet --wait --unit doomed sh -c 'echo mine; exit 3' || true")
        let told = try await diary.messages(of: "systemd", count: 1) { $0.message.contains("status=3") }
        #expect(told.map(\.unit) == ["doomed.service"])
        follower.stop()

        let tail = try await JournalTail.read(of: "doomed.service", lines: 100, bytes: 100_000)
        #expect(tail.entries.contains { $0.message == "mine" && $0.identifier == "sh" })
        #expect(tail.entries.contains { $0.message.contains("status=3") && $0.identifier == "systemd" })
        #expect(!tail.isCut)
        loop.stop()
    }

    @Test func `The tail is bounded in lines and in bytes`() async throws {
        try Host.shell("systemd-run --quiet --wait --unit talker seq 100; journalctl --sync")
        let lines = try await JournalTail.read(of: "talker.service", lines: 10, bytes: 100_000)
        #expect(lines.entries.count == 10)
        #expect(lines.isCut)
        let bytes = try await JournalTail.read(of: "talker.service", lines: 1_000, bytes: 20)
        #expect(bytes.entries.reduce(0) { $0 + $1.message.utf8.count } <= 20)
        #expect(bytes.isCut)
        #expect(try await JournalTail.read(of: "nobody.service", lines: 10, bytes: 100).entries.isEmpty)
        await #expect(throws: JournalError.self) { try await JournalTail.read(of: "a\0b", lines: 1, bytes: 1) }
        loop.stop()
    }
}
