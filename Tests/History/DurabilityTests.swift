import Dispatch
import Foundation
import JSON
import Logging
import Metrics
import Synchronization
import Testing

@testable import History

/// What is durable when, on a file system that counts and that fails when told to. One after another: they share its counts.
@Suite(.serialized) struct `How durable a change is` {
    let place: Place

    init() throws {
        place = try Place()
        #expect(FaultyFileSystem.isRegistered)
        FaultyFileSystem.counts.withLock { $0 = .init() }
    }

    private func open(_ change: (inout HistoryStore.Options) -> Void = { _ in }) throws -> HistoryStore {
        try place.open { options in
            options.fileSystem = FaultyFileSystem.name
            change(&options)
        }
    }

    private var syncs: Int { FaultyFileSystem.counts.withLock { $0.syncs } }

    @Test func `A synced change is on the device before its callback, and all before it`() throws {
        let store = try open()
        let pending = Answers()
        let left = Mutex<[Int]>([])
        for number in 0..<20 {
            let before = syncs
            store.writer.submit([.record(transition(number))], durability: .grouped) { pending.give($0) }
            store.writer.submit([.keep(KeptValue(.setting, "k", at: time(1), 1))], durability: .synced) { answer in
                left.withLock { $0.append(FaultyFileSystem.counts.withLock { $0.bytesSinceSync }) }
                pending.give(answer)
            }
            let answers = pending.wait(for: 2)
            #expect(answers.allSatisfy { $0.error == nil })
            #expect(syncs > before)
        }
        // Nothing that was written was not synced when the callback came.
        #expect(left.withLock { $0 } == Array(repeating: 0, count: 20))
    }

    @Test func `Grouped changes do not wait for the device, and are written soon`() throws {
        let store = try open()
        try store.put([.record(transition(0))])
        let before = syncs
        let answers = Answers()
        let begin = ContinuousClock.now
        for number in 1...100 {
            store.writer.submit([.record(transition(number))], durability: .grouped) { answers.give($0) }
        }
        #expect(answers.wait(for: 100).count == 100)
        #expect(ContinuousClock.now - begin >= .milliseconds(40))
        #expect(syncs == before)
        #expect(try store.count() == 101)
        // After commits that waited for nothing, one that is to wait does.
        try store.put([.record(transition(101))])
        #expect(syncs > before)
    }

    @Test func `A storm of ten thousand transitions costs few commits and hardly a sync`() throws {
        let store = try open()
        let before = syncs
        let answers = Answers()
        let begin = ContinuousClock.now
        for number in 0..<10_000 {
            store.writer.submit([.record(transition(number))], durability: .grouped) { answers.give($0) }
        }
        store.writer.submit([.keep(KeptValue(.setting, "k", at: time(1), 1))], durability: .synced) { answers.give($0) }
        let given = answers.wait(for: 10_001)
        let taken = ContinuousClock.now - begin
        #expect(given.count == 10_001 && given.allSatisfy { $0.error == nil })
        // One for the synced change, two for a log that was worked in meanwhile.
        #expect(syncs - before <= 6)
        #expect((place.value(of: "medic_history_commits_total") ?? .infinity) <= 20)
        #expect(taken < .seconds(20))
        #expect(try store.count() == 10_000)
        print("a storm of 10,000 transitions took \(taken), \(syncs - before) syncs")
    }

    @Test func `On a full disk synced changes fail, grouped ones are kept until there is room`() throws {
        let store = try open()
        try store.put([.record(transition(0))])
        FaultyFileSystem.counts.withLock { $0.isFull = true }
        let grouped = Answers()
        let synced = Answers()
        store.writer.submit([.record(transition(1))], durability: .grouped) { grouped.give($0) }
        store.writer.submit([.record(transition(2))], durability: .synced) { synced.give($0) }
        #expect(synced.wait(for: 1).map(\.error) == [.full(path: place.path)])
        #expect(grouped.all.isEmpty)
        #expect(try store.count() == 1)
        #expect(place.value(of: "medic_history_writable") == 0)
        #expect(throws: HistoryError.full(path: place.path)) { try store.put([.record(transition(3))]) }
        // Told of once, not with every try.
        #expect(place.sink.entries.count { $0.level == .error } == 1)
        FaultyFileSystem.counts.withLock { $0.isFull = false }
        try store.put([.record(transition(4))])
        #expect(grouped.wait(for: 1).map(\.error) == [nil])
        #expect(try store.records().compactMap(\.record.fingerprint) == ["f4", "f1", "f0"])
        #expect(place.value(of: "medic_history_writable") == 1)
        #expect(try store.findDamage() == [])
    }

    @Test func `Grouped changes are tried again by themselves`() throws {
        let store = try open()
        FaultyFileSystem.counts.withLock { $0.isFull = true }
        let answers = Answers()
        store.writer.submit([.record(transition(1))], durability: .grouped) { answers.give($0) }
        store.writer.submit([.record(transition(2))], durability: .synced) { answers.give($0) }
        #expect(answers.wait(for: 1).map(\.error) == [.full(path: place.path)])
        FaultyFileSystem.counts.withLock { $0.isFull = false }
        #expect(answers.wait(for: 1).count == 2)
        #expect(try store.count() == 1)
    }

    @Test func `On a disk that stays full the queue stays bounded and intents are refused, not lost`() throws {
        let store = try open { $0.limits = .init(changes: 100, bytes: 1 << 20, reserve: 2) }
        FaultyFileSystem.counts.withLock { $0.isFull = true }
        let records = Answers()
        for number in 0..<150 {
            store.writer.submit([.record(transition(number))], durability: .grouped) { records.give($0) }
        }
        #expect(records.wait(for: 50).map(\.error) == Array(repeating: .shed, count: 50))
        let intent = StepIntent(run: "r", step: 0, attempt: 0, action: "x", at: time(0))
        let intents = Answers()
        for _ in 0..<250 { store.writer.submit([.intent(intent)], durability: .grouped) { intents.give($0) } }
        #expect(intents.wait(for: 50).map(\.error) == Array(repeating: .queueFull, count: 50))
        #expect(store.writer.pendingCount == 200)
        #expect(place.value(of: "medic_history_pending_changes") == 200)
        #expect(place.value(of: "medic_history_changes_refused_total") == 50)
        FaultyFileSystem.counts.withLock { $0.isFull = false }
        #expect(intents.wait(for: 200).count { $0.error == nil } == 200)
    }
}

@Suite struct `A writer` {
    let place: Place

    init() throws { place = try Place() }

    @Test func `One bad change does not take others along`() throws {
        let store = try place.open()
        let answers = Answers()
        let huge = HistoryRecord(
            at: time(1),
            kind: .transition,
            name: "x",
            text: String(repeating: "x", count: 9 << 20)
        )
        store.writer.submit([.record(transition(1))], durability: .grouped) { answers.give($0) }
        store.writer.submit([.record(huge)], durability: .grouped) { answers.give($0) }
        store.writer.submit([.record(transition(2))], durability: .synced) { answers.give($0) }
        let given = answers.wait(for: 3)
        #expect(given.count { $0.error == nil } == 2)
        #expect(try store.count() == 2)
    }

    @Test func `Closing writes what waits, and later changes fail`() throws {
        let store = try place.open { $0.groupingTime = .seconds(3_600) }
        let answers = Answers()
        for number in 0..<5_000 {
            store.writer.submit([.record(transition(number))], durability: .grouped) { answers.give($0) }
        }
        store.close()
        #expect(answers.wait(for: 5_000).count { $0.error == nil } == 5_000)
        store.writer.submit([.record(transition(1))], durability: .grouped) { answers.give($0) }
        #expect(answers.wait(for: 1).last?.error == .closed)
        #expect(try place.open().count() == 5_000)
    }

    @Test func `Readers and the writer do not wait for each other`() throws {
        let store = try place.open()
        try store.put((0..<100).map { .record(transition($0)) })
        try store.read { reader throws(HistoryError) in
            #expect(try reader.records(limit: 1_000).elements.count == 100)
            // A whole commit while this reader holds its state.
            try store.submitAndWait([.record(transition(100))])
            #expect(try reader.records(limit: 1_000).elements.count == 100)
        }
        #expect(try store.count() == 101)
    }

    @Test func `The latency of one synced change`() throws {
        let store = try place.open()
        var times: [Duration] = []
        for number in 0..<200 {
            let begin = ContinuousClock.now
            try store.put([
                .intent(StepIntent(run: "r", step: number, attempt: 1, action: "systemd.restart", at: time(1)))
            ])
            times.append(ContinuousClock.now - begin)
        }
        times.sort()
        print("one synced change: median \(times[100]), 95 % \(times[190]), longest \(times[199])")
        // Far above what it takes, for machines whose disks are slow.
        #expect(times[100] < .milliseconds(500))
    }

    @Test func `A backup while somebody writes is one sound file`() throws {
        let store = try place.open()
        try store.put((0..<2_000).map { .record(transition($0)) })
        let isOver = Mutex(false)
        let answers = Answers()
        DispatchQueue.global().async {
            var number = 2_000
            while !isOver.withLock({ $0 }) {
                try? store.put([.record(transition(number)), .record(transition(number + 1))])
                number += 2
            }
            answers.give(.success(()))
        }
        let copy = try Place()
        for _ in 0..<5 { try store.backup(to: copy.path) }
        isOver.withLock { $0 = true }
        _ = answers.wait(for: 1)
        #expect(try copy.names() == ["history.db"])
        let restored = try copy.open()
        #expect(restored.opening == .usual)
        #expect(try restored.findDamage() == [])
        let count = try restored.count()
        #expect(count >= 2_000 && count.isMultiple(of: 2))
    }

    @Test func `What is too old goes, and so does the oldest of what is too much`() throws {
        let store = try place.open { $0.keep = HistoryKeep(age: .days(1), size: 2 << 20) }
        let now = place.clock.withLock { $0 }
        func old(_ number: Int) -> HistoryRecord {
            transition(number, at: now - .days(2) + Milliseconds(Int64(number)))
        }
        var ended = RunEntry(id: "old", playbook: "p", subject: "s", state: "healed", opened: now - .days(3))
        ended.ended = now - .days(2)
        let open = RunEntry(id: "open", playbook: "p", subject: "s", state: "running", opened: now - .days(3))
        try store.put((0..<1_000).map { .record(old($0)) })
        try store.put([
            .run(ended), .run(open), .intent(StepIntent(run: "old", step: 0, attempt: 0, action: "x", at: time(0))),
            .version(ConfigVersion(file: "f", hash: "a", seen: time(0)), content: [1]),
            .version(ConfigVersion(file: "f", hash: "b", seen: time(1), good: time(2)), content: [2]),
            .version(ConfigVersion(file: "f", hash: "c", seen: time(3)), content: [3]),
            .keep(KeptValue(.once, "k", at: time(1), expires: time(2), 1)),
            .keep(KeptValue(.setting, "k", at: time(1), 1)),
            .record(transition(5, at: now)),
        ])
        store.tidyCompletely()
        #expect(try store.records().map(\.record.at) == [now])
        try store.read { reader throws(HistoryError) in
            #expect(try reader.runs().elements.map(\.id) == ["open"])
            #expect(try reader.steps(of: "old") == [])
            #expect(try reader.versions().map(\.hash) == ["c", "b"])
            #expect(try reader.content(hash: "a") == nil)
            #expect(try reader.kept(.once) == [])
            #expect(try reader.kept(.setting).count == 1)
        }
        for part in 0..<10 {
            try store.put((0..<2_000).map { .record(transition($0, at: now + Milliseconds(Int64(part * 2_000 + $0)))) })
        }
        store.tidyCompletely()
        let size = try #require(place.value(of: "medic_history_size_bytes"))
        #expect(size <= Double(2 << 20))
        #expect(size > Double(1 << 20))
        #expect(try store.records(limit: 1).first?.record.at == now + Milliseconds(19_999))
        store.close()
        // The file gave back what was freed.
        #expect(try place.bytes().count < 3 << 20)
    }

    @Test func `A database that turns bad under way is set aside, and the change is not lost`() throws {
        let store = try place.open()
        try store.put((0..<10_000).map { .record(transition($0)) })
        store.close()
        let again = try place.open()
        // All pages but the first, which both sides have seen.
        var bytes = try place.bytes()
        for index in 4_096..<bytes.count { bytes[index] ^= 0xA5 }
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: place.path))
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
        var isSetAside = false
        for number in 0..<50 where !isSetAside {
            try? again.put((0..<50).map { .record(transition(number * 50 + $0)) })
            isSetAside = try place.names().contains { $0.contains("damaged") }
        }
        #expect(isSetAside)
        try again.put([.record(transition(9_999))])
        #expect(try again.records(limit: 1).first?.record.fingerprint == "f9999")
        #expect(try again.findDamage() == [])
    }
}
