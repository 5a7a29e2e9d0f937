import Metrics
import Storage
import Synchronization
import Testing

private final class Flag: Sendable {
    let isDone = Atomic<Bool>(false)
}

@Suite struct ConcurrencyTests {
    /// One writer whose frames all hold their number, one that makes and moves series, and readers that check each view.
    @Test func `Readers beside writers see whole frames only`() async throws {
        let store = SampleStore()
        let flag = Flag()
        let frames = 3000
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let writer = try store.openTimeline(named: "target")
                for frame in 0..<frames {
                    if frame % 100 == 0 { _ = try writer.slot(for: Labels(name: "m", [Label("i", "\(frame)")])) }
                    try writer.append(at: Int64(frame), Array(repeating: Double(frame), count: writer.width))
                    if frame % 500 == 499 { store.dropSamples(before: Timestamp(rawValue: Int64(frame - 300))) }
                }
                flag.isDone.store(true, ordering: .releasing)
            }
            group.addTask {
                var time: Int64 = 0
                while !flag.isDone.load(ordering: .acquiring) {
                    time += 1
                    try store.append(Labels(name: "solo", [Label("i", "\(time % 50)")]), Timestamp(rawValue: time), 1)
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    while !flag.isDone.load(ordering: .acquiring) { Self.check(store) }
                }
            }
            try await group.waitForAll()
        }
        Self.check(store)
        #expect(store.samples(of: Labels(name: "m", [Label("i", "2900")])).count == 100)
    }

    private static func check(_ store: SampleStore) {
        guard let matcher = try? LabelMatcher("__name__", .equal, "m") else { return }
        let homes = store.readIndex { index in index.select([matcher]).compactMap { index.currentHome(of: $0) } }
        guard let timeline = homes.first?.timeline else { return }
        let view = store.view(of: timeline)
        let slots = homes.map { UInt32($0.slot) }.filter { $0 < view.slotCount }
        var out = Array(repeating: 0.0, count: slots.count)
        var wrong = 0
        for frame in view.firstFrame..<view.endFrame {
            if view.timestamp(of: frame) != Int64(frame) { wrong += 1 }
            unsafe slots.withUnsafeBufferPointer { slots in
                unsafe out.withUnsafeMutableBufferPointer { unsafe view.gather(slots: slots, frame: frame, into: $0) }
            }
            wrong += out.count { !$0.isAbsent && $0 != Double(frame) }
        }
        #expect(wrong == 0)
    }
}
