import Metrics
import Storage
import Testing

@Suite struct LimitTests {
    @Test func `A series over the limit is refused and the rest of its frame is stored`() throws {
        let store = SampleStore(limits: StorageLimits(maxSeries: 2))
        let writer = try store.openTimeline(named: "target")
        let a = try writer.slot(for: Labels(name: "a"))
        let b = try writer.slot(for: Labels(name: "b"))
        #expect(throws: StorageRefusal.tooManySeries(count: 2, limit: 2)) { try writer.slot(for: Labels(name: "c")) }
        #expect(try writer.slot(for: Labels(name: "a")) == a)
        let sink = writer.sink
        #expect(writer.sink == sink)
        var row = Array(repeating: MarkerNaN.absent, count: writer.width)
        (row[a], row[b], row[sink]) = (1, 2, 3)
        try writer.append(at: 10, row)
        #expect(store.samples(of: Labels(name: "a")).count == 1)
        #expect(store.samples(of: Labels(name: "b")).count == 1)
        #expect(store.view(of: writer.timeline).value(slot: sink, frame: 0).isAbsent)
        let statistics = store.statistics
        #expect(statistics.series == 2)
        #expect(statistics.samples == 2)
        #expect(statistics.refusedSeries == 1)
        #expect(statistics.refusedSamples == 1)
    }

    @Test func `Vital series have a reserve, which ends too`() throws {
        let store = SampleStore(limits: StorageLimits(maxSeries: 40))
        let writer = try store.openTimeline(named: "target")
        for number in 0..<38 { _ = try writer.slot(for: Labels(name: "a\(number)")) }
        #expect(!store.takesSeries)
        #expect(throws: StorageRefusal.tooManySeries(count: 38, limit: 40)) { try writer.slot(for: Labels(name: "b")) }
        for name in ["up", "down"] { _ = try writer.slot(for: Labels(name: name), isVital: true) }
        #expect(throws: StorageRefusal.tooManySeries(count: 40, limit: 40)) {
            try writer.slot(for: Labels(name: "c"), isVital: true)
        }
        #expect(store.statistics.refusedSeries == 2)
    }

    @Test func `A full store refuses frames until samples are dropped`() throws {
        let store = SampleStore(limits: StorageLimits(maxBytes: 40_000))
        let writer = try store.openTimeline(named: "target")
        for slot in 0..<50 { _ = try writer.slot(for: Labels(name: "m\(slot)")) }
        var random = SeededGenerator(1)
        var time: Int64 = 0
        func fill() -> StorageRefusal? {
            for _ in 0..<10_000 {
                time += 1
                do { try writer.append(at: time, (0..<50).map { _ in Double(random.next()) }) } catch { return error }
            }
            return nil
        }
        guard case .tooManyBytes(let used, 40_000) = fill() else {
            Issue.record("never full")
            return
        }
        #expect(used >= 40_000 && used < 80_000)
        #expect(store.statistics.refusedSamples == 50)
        store.dropSamples(before: Timestamp(rawValue: time - 10))
        try writer.append(at: time + 1, Array(repeating: 1, count: 50))
    }

    @Test func `A frame wider than the timeline is refused`() throws {
        let store = SampleStore()
        let writer = try store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "a"))
        #expect(throws: StorageRefusal.frameTooWide(values: 2, slots: 1)) { try writer.append(at: 1, [1, 2]) }
    }

    @Test func `Late and repeated frames are refused as a whole or sample by sample`() throws {
        let store = SampleStore()
        let writer = try store.openTimeline(named: "target")
        for name in ["a", "b", "c"] { _ = try writer.slot(for: Labels(name: name)) }
        try writer.append(at: 10, [1, 2, MarkerNaN.absent])
        let view = store.view(of: writer.timeline)
        #expect(throws: StorageRefusal.outOfOrder(given: Timestamp(rawValue: 9), newest: Timestamp(rawValue: 10))) {
            try writer.append(at: 9, [1, 2])
        }
        try writer.append(at: 10, [1, 2])
        #expect(throws: StorageRefusal.duplicate(at: Timestamp(rawValue: 10))) {
            try writer.append(at: 10, [1, 5, 3])
        }
        #expect(store.samples(of: Labels(name: "c")).map { Double(bitPattern: $0.bits) } == [3])
        #expect(store.samples(of: Labels(name: "b")).map { Double(bitPattern: $0.bits) } == [2])
        #expect(view.value(slot: 2, frame: 0).isAbsent, "a view does not change")
        let statistics = store.statistics
        #expect(statistics.outOfOrderSamples == 2)
        #expect(statistics.duplicateSamples == 1)
        #expect(statistics.samples == 3)
    }

    @Test func `Statistics count what is there`() throws {
        let store = SampleStore()
        let writer = try store.openTimeline(named: "target")
        for slot in 0..<10 { _ = try writer.slot(for: Labels(name: "m\(slot)")) }
        for frame in 0..<100 { try writer.append(at: Int64(frame), Array(repeating: Double(frame), count: 10)) }
        var statistics = store.statistics
        #expect(statistics.samples == 1000)
        #expect(statistics.sealedSamples == 960)
        #expect(statistics.slots == 10)
        #expect(statistics.rawBytes > 0 && statistics.sealedBytes > 0 && statistics.indexBytes > 0)
        store.dropSamples(before: Timestamp(rawValue: 1000))
        statistics = store.statistics
        #expect(statistics.samples == 0)
        #expect(statistics.series == 0)
        #expect(statistics.rawBytes == 0 && statistics.sealedBytes == 0)
        #expect(statistics.appendedSamples == 1000)
        #expect(statistics.totalBytes < 60_000)
    }
}
