import Metrics
import Storage
import Testing

@Suite struct FrameTests {
    let store = SampleStore()

    @Test func `A frame is read back as it was written`() throws {
        let writer = try store.openTimeline(named: "target")
        let a = try writer.slot(for: Labels(name: "a"))
        let b = try writer.slot(for: Labels(name: "b"))
        #expect((a, b) == (0, 1))
        try writer.append(at: 1000, [1, MarkerNaN.absent])
        try writer.append(at: 2000, [2, MarkerNaN.stale])
        let view = store.view(of: writer.timeline)
        #expect(view.firstFrame == 0)
        #expect(view.endFrame == 2)
        #expect(view.value(slot: 0, frame: 1) == 2)
        #expect(view.value(slot: 1, frame: 0).isAbsent)
        #expect(view.value(slot: 1, frame: 1).isStaleMarker)
        #expect(view.frames(after: 1000, through: 2000) == 1..<2)
        #expect(view.frames(after: 0, through: 999) == 0..<0)
        #expect(store.samples(of: Labels(name: "a")).map(\.time) == [1000, 2000])
    }

    @Test func `Frames go on over sealed segments`() throws {
        let writer = try store.openTimeline(named: "target")
        for name in 0..<5 { _ = try writer.slot(for: Labels(name: "m\(name)")) }
        for frame in 0..<200 {
            try writer.append(at: Int64(frame) * 15, (0..<5).map { Double(frame * 10 + $0) })
        }
        let view = store.view(of: writer.timeline)
        #expect(view.endFrame == 200)
        for frame in 0..<200 {
            #expect(view.timestamp(of: frame) == Int64(frame) * 15)
            #expect(view.value(slot: 3, frame: frame) == Double(frame * 10 + 3))
        }
        #expect(view.frames(after: 14, through: 15 * 100) == 1..<101)
        #expect(view.frames(after: 15 * 100, through: .max) == 101..<200)
    }

    @Test func `A view does not change while frames are added`() throws {
        let writer = try store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "a"))
        for frame in 0..<40 { try writer.append(at: Int64(frame), [Double(frame)]) }
        let view = store.view(of: writer.timeline)
        for frame in 40..<200 { try writer.append(at: Int64(frame), [-Double(frame)]) }
        #expect(view.endFrame == 40)
        #expect((0..<40).allSatisfy { view.value(slot: 0, frame: $0) == Double($0) })
    }

    @Test func `A series that two sources write is put in order in a timeline of its own`() throws {
        let first = try store.openTimeline(named: "first")
        let second = try store.openTimeline(named: "second")
        let labels = Labels(name: "shared")
        let slot = try first.slot(for: labels)
        try first.append(at: 10, [1])
        let other = try second.slot(for: labels)
        #expect((slot, other) == (0, 0))
        try second.append(at: 12, [2])
        try first.append(at: 20, [3])
        try second.append(at: 22, [4])
        try first.append(at: 30, [5])
        let samples = store.samples(of: labels)
        #expect(samples.map(\.time) == [10, 12, 20, 22, 30])
        #expect(samples.map { Double(bitPattern: $0.bits) } == [1, 2, 3, 4, 5])
    }

    @Test func `Samples with their own times are refused when they come late`() throws {
        let labels = Labels(name: "own")
        try store.append(labels, Timestamp(rawValue: 10), 1)
        try store.append(labels, Timestamp(rawValue: 10), 1)
        #expect(throws: StorageRefusal.duplicate(at: Timestamp(rawValue: 10))) {
            try store.append(labels, Timestamp(rawValue: 10), 2)
        }
        #expect(throws: StorageRefusal.outOfOrder(given: Timestamp(rawValue: 9), newest: Timestamp(rawValue: 10))) {
            try store.append(labels, Timestamp(rawValue: 9), 1)
        }
        #expect(store.statistics.outOfOrderSamples == 1)
        #expect(store.statistics.duplicateSamples == 1)
    }
}
