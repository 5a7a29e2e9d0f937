import Files
import Foundation
import Metrics
import SampleLog
import Storage
import Testing

@Suite struct DamageTests {
    let folder = TemporaryFolder()

    private func recovered(_ folder: TemporaryFolder) throws -> (contents: [Labels: [Stored]], report: RecoveryReport) {
        let store = SampleStore()
        let (log, report) = try SampleLog.open(folder.path, into: store)
        // What came back must be the same when it is opened once more.
        let contents = store.contents()
        try log.close()
        return (contents, report)
    }

    private func isPart(_ part: [Labels: [Stored]], of whole: [Labels: [Stored]]) -> Bool {
        part.allSatisfy { labels, samples in
            let known = Set(whole[labels] ?? [])
            return samples.allSatisfy(known.contains)
                && zip(samples, samples.dropFirst()).allSatisfy { $0.time < $1.time }
        }
    }

    @Test func `A log cut at any byte gives back what stands before`() throws {
        var world = try LogWorld(folder)
        try world.run(frames: 12)
        try world.log.close()
        let name = folder.names()[0]
        let bytes = folder.read(name)
        let whole = world.store.contents()
        var least = 0
        // The definitions take the first two thirds; there every seventh byte will do.
        let lengths = Array(stride(from: 0, to: bytes.count - 500, by: 7)) + (bytes.count - 500...bytes.count)
        for length in lengths {
            let cut = TemporaryFolder()
            cut.write(name, Array(bytes[..<length]))
            let (contents, report) = try recovered(cut)
            let count = contents.values.reduce(0) { $0 + $1.count }
            let isPrefix = contents.allSatisfy { whole[$0]?.starts(with: $1) == true }
            #expect(isPrefix && count >= least && report.damages.isEmpty, "cut at \(length)")
            least = count
            guard length % 90 == 0 else { continue }
            let again = try recovered(cut)
            #expect(again.contents == contents && again.report.tornBytes == 0)
        }
        #expect(least == whole.values.reduce(0) { $0 + $1.count })
    }

    @Test func `A changed byte anywhere brings back nothing that was not there`() throws {
        var world = try LogWorld(folder, options: .init(fileBytes: 3000))
        try world.run(frames: 40)
        try world.log.writeSnapshot(of: world.store)
        for _ in 0..<3 {
            try world.run(frames: 20)
            try world.flush()
        }
        try world.log.close()
        let whole = world.store.contents()
        let all = whole.values.reduce(0) { $0 + $1.count }
        var random = SeededGenerator(5)
        for name in folder.names() {
            let bytes = folder.read(name)
            for place in stride(from: 0, to: bytes.count, by: 71) {
                let copy = folder.copy()
                var changed = bytes
                changed[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
                copy.write(name, changed)
                let (contents, report) = try recovered(copy)
                #expect(isPart(contents, of: whole), "\(name) at \(place)")
                let count = contents.values.reduce(0) { $0 + $1.count }
                #expect(count == all || report.tornBytes > 0 || !report.damages.isEmpty, "\(name) at \(place)")
                if report.damages.isEmpty { continue }
                #expect(copy.names().contains { $0.contains(".damaged-1") }, "\(name) at \(place): \(copy.names())")
                let again = try recovered(copy)
                #expect(again.contents == contents && again.report.damages.isEmpty, "\(name) at \(place)")
            }
        }
    }

    @Test func `Missing files are reported and the rest is used`() throws {
        var world = try LogWorld(folder, options: .init(fileBytes: 1500))
        for _ in 0..<6 {
            try world.run(frames: 20)
            try world.flush()
        }
        try world.log.close()
        let whole = world.store.contents()
        let names = folder.names()
        #expect(names.count >= 5)
        for name in names.dropLast() {
            let copy = folder.copy()
            copy.remove(name)
            let (contents, report) = try recovered(copy)
            #expect(isPart(contents, of: whole))
            if name != names[0] { #expect(report.damages.map(\.reason) == [.missing]) }
            #expect(report.damages.allSatisfy { $0.file == name })
        }
    }

    @Test func `A full disk loses nothing once there is room again`() throws {
        var world = try LogWorld(folder)
        // The first file is made by the first flush: here it finds a device without room.
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/log-00000001",
            withDestinationPath: "/dev/full"
        )
        for _ in 0..<5 {
            try world.run(frames: 10)
            let failure = #expect(throws: FileError.self) { try world.flush() }
            #expect(failure?.isOutOfSpace == true)
        }
        #expect(world.log.statistics.failures == 5)
        folder.remove("log-00000001")
        try world.run(frames: 10)
        try world.log.close()
        #expect(try recovered(folder.copy()).contents == world.store.contents())
    }

    @Test func `A disk that is full for too long costs samples but not the memory`() throws {
        var world = try LogWorld(folder, options: .init(bufferBytes: 3000))
        try world.run(frames: 200)
        #expect(world.log.statistics.droppedRecords > 0)
        #expect(world.log.statistics.waitingBytes < 6000)
        try world.flush()
        #expect(world.log.needsSnapshot)
        try world.run(frames: 20)
        try world.flush()
        #expect(isPart(try recovered(folder.copy()).contents, of: world.store.contents()))
        try world.log.writeSnapshot(of: world.store)
        #expect(!world.log.needsSnapshot)
        try world.run(frames: 20)
        try world.flush()
        #expect(try recovered(folder.copy()).contents == world.store.contents())
    }

    @Test func `A process that is killed loses what it had not flushed`() async throws {
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = SampleStore()
            let (log, _) = try SampleLog.open(path, into: store)
            let writer = try store.openTimeline(named: "target")
            _ = try writer.slot(for: Labels(name: "m"))
            for second in 0..<100 {
                try writer.append(at: Int64(second) * 1000, [Double(second)])
                if second < 99 { try log.flush(now: Timestamp(rawValue: Int64(second) * 1000)) }
            }
            kill(getpid(), SIGKILL)
        }
        let (contents, report) = try recovered(folder)
        #expect(contents[Labels(name: "m")]?.map(\.time) == (0..<99).map { Int64($0) * 1000 })
        #expect(report.damages.isEmpty)
    }

    @Test(arguments: 1...8)
    func `Records of any content are taken or left, never a crash`(_ seed: Int) throws {
        var world = try LogWorld(folder, seed: UInt64(seed))
        try world.run(frames: 60)
        try world.log.writeSnapshot(of: world.store)
        try world.run(frames: 30)
        try world.log.close()
        let records = folder.names().flatMap { LogReplay.records(of: folder.read($0)) }
        #expect(records.count > 30)
        var random = SeededGenerator(UInt64(seed))
        for _ in 0..<60 {
            let store = SampleStore(limits: StorageLimits(maxSeries: 100, maxBytes: 1 << 20))
            var replay = LogReplay(into: store)
            for (kind, payload) in records {
                var changed = payload
                for _ in 0..<Int.random(in: 0...2, using: &random) where !changed.isEmpty {
                    changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(
                        in: 0...255,
                        using: &random
                    )
                }
                if Int.random(in: 0..<10, using: &random) == 0 {
                    changed.removeLast(Int.random(in: 0...changed.count, using: &random))
                }
                unsafe changed.withUnsafeBytes { _ = unsafe replay.apply(kind: kind, payload: $0) }
            }
            store.finishRestoring()
            _ = store.contents()
            _ = store.statistics
            store.dropSamples(before: Timestamp(rawValue: world.time / 2))
        }
    }
}
