import Files
import Metrics
import SampleLog
import Storage
import Synchronization
import Testing

private final class Flag: Sendable {
    let done = Atomic<Int>(0)
}

@Suite struct SampleLogTests {
    let folder = TemporaryFolder()

    private func recovered(_ folder: TemporaryFolder) throws -> (contents: [Labels: [Stored]], report: RecoveryReport) {
        let store = SampleStore()
        let (_, report) = try SampleLog.open(folder.path, into: store)
        return (store.contents(), report)
    }

    @Test(arguments: 1...10)
    func `All that was flushed comes back, over restarts, snapshots and new files`(_ seed: Int) throws {
        var expected: [Labels: [Stored]] = [:]
        for round in 0..<5 {
            var world = try LogWorld(folder, seed: UInt64(seed * 10 + round), options: .init(fileBytes: 4000))
            #expect(world.store.contents() == expected)
            #expect(world.report.damages.isEmpty)
            try world.run(frames: 60)
            if round % 2 == 1 { try world.log.writeSnapshot(of: world.store) }
            try world.flush()
            try world.run(frames: 30)
            if round == 3 { world.store.dropSamples(before: Timestamp(rawValue: world.time - 300_000)) }
            try world.log.close()
            expected = world.store.contents()
        }
        let (contents, report) = try recovered(folder)
        #expect(contents == expected)
        #expect(report.tornBytes == 0)
        #expect(report.samples == expected.values.reduce(0) { $0 + $1.count })
    }

    @Test func `A writer that opens its timeline again finds its slots`() throws {
        let labels = [Labels(name: "a"), Labels(name: "b")]
        var timelines: [TimelineID] = []
        for round in 0..<3 {
            let store = SampleStore()
            let (log, _) = try SampleLog.open(folder.path, into: store)
            let writer = try store.openTimeline(named: "target")
            timelines.append(writer.timeline)
            #expect(try labels.map { try writer.slot(for: $0) } == [0, 1])
            try writer.append(at: Int64(round), [1, Double(round)])
            if round == 1 { try log.writeSnapshot(of: store) }
            try log.close()
        }
        #expect(Set(timelines).count == 1)
        let (contents, _) = try recovered(folder)
        #expect(contents[labels[1]]?.map(\.time) == [0, 1, 2])
    }

    @Test func `A snapshot makes older files superfluous`() throws {
        var world = try LogWorld(folder, options: .init(fileBytes: 2000))
        for _ in 0..<10 {
            try world.run(frames: 30)
            try world.flush()
        }
        #expect(folder.names().count > 5)
        try world.log.writeSnapshot(of: world.store)
        try world.run(frames: 3)
        try world.flush()
        #expect(folder.names().count == 2)
        #expect(try recovered(folder.copy()).contents == world.store.contents())
        #expect(!world.log.needsSnapshot)
    }

    @Test func `What is not flushed is lost and nothing else`() throws {
        var world = try LogWorld(folder)
        try world.run(frames: 50)
        try world.flush()
        let expected = world.store.contents()
        try world.run(frames: 50)
        #expect(try recovered(folder.copy()).contents == expected)
    }

    @Test func `A timeline goes on after all its samples were dropped`() throws {
        let store = SampleStore()
        let (log, _) = try SampleLog.open(folder.path, into: store)
        let writer = try store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "m"))
        try writer.append(at: 1, [1])
        store.dropSamples(before: Timestamp(rawValue: 10))
        try writer.append(at: 20, [2])
        try log.close()
        #expect(try recovered(folder.copy()).contents == store.contents())
        #expect(store.contents()[Labels(name: "m")]?.map(\.time) == [20])
    }

    @Test func `Snapshots taken while frames and series come are as good as others`() async throws {
        let store = SampleStore()
        let (log, _) = try SampleLog.open(folder.path, options: .init(fileBytes: 20_000), into: store)
        let flag = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["first", "second"] {
                group.addTask {
                    let writer = try store.openTimeline(named: name)
                    for frame in 0..<1500 {
                        if frame % 50 == 0 {
                            _ = try writer.slot(for: Labels(name: "m", [Label("i", "\(frame)"), Label("job", name)]))
                            _ = try writer.slot(for: Labels(name: "shared", [Label("i", "\(frame % 200)")]))
                        }
                        try writer.append(at: Int64(frame), (0..<writer.width).map { Double(frame * $0) })
                    }
                    flag.done.add(1, ordering: .releasing)
                }
            }
            group.addTask {
                var time: Int64 = 0
                while flag.done.load(ordering: .acquiring) < 2 {
                    time += 1
                    try log.writeSnapshot(of: store)
                    try log.flush(now: Timestamp(rawValue: time))
                }
            }
            try await group.waitForAll()
        }
        try log.close()
        let (contents, report) = try recovered(folder.copy())
        #expect(report.damages.isEmpty)
        let expected = store.contents()
        let differing = Set(contents.keys).union(expected.keys).filter { contents[$0] != expected[$0] }
        #expect(differing.isEmpty)
    }

    @Test func `A second process is kept out until the log is closed`() throws {
        let world = try LogWorld(folder)
        let failure = #expect(throws: FileError.self) { try SampleLog.open(folder.path, into: SampleStore()) }
        #expect(failure?.code == .locked)
        try world.log.close()
        #expect(try SampleLog.open(folder.path, into: SampleStore()).1.damages.isEmpty)
    }

    @Test func `Frames cost no more than what has changed`() throws {
        let store = SampleStore()
        let (log, _) = try SampleLog.open(folder.path, into: store)
        let writer = try store.openTimeline(named: "target")
        for slot in 0..<1000 { _ = try writer.slot(for: Labels(name: "m\(slot)")) }
        for frame in 0..<50 {
            try writer.append(at: Int64(frame) * 15_000, (0..<1000).map { $0 < 300 ? Double($0 + frame * 5) : 1 })
        }
        try log.flush(now: .epoch)
        let before = log.statistics.writtenBytes
        for frame in 50..<100 {
            try writer.append(at: Int64(frame) * 15_000, (0..<1000).map { $0 < 300 ? Double($0 + frame * 5) : 1 })
        }
        try log.flush(now: .epoch)
        #expect(log.statistics.writtenBytes - before < 50 * (300 + 128 + 40))
    }
}
