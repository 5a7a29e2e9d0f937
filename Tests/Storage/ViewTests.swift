import Metrics
import Storage
import Testing

@Suite struct ViewTests {
    @Test(arguments: 1...10)
    func `Bulk reads agree with single ones, and irregular frames with a naive search`(_ seed: Int) throws {
        var random = SeededGenerator(UInt64(seed))
        let store = SampleStore()
        let writer = try store.openTimeline(named: "target")
        var rows: [[Double]] = []
        var current = (0..<60).map { Double($0) }
        for frame in 0..<150 {
            if frame % 7 == 0 && writer.width < 60 {
                for _ in 0..<5 { _ = try writer.slot(for: Labels(name: "m\(writer.width)")) }
            }
            for slot in current.indices where !current[slot].isNaN {
                current[slot] += Double(Int.random(in: 0...3, using: &random))
            }
            var row = Array(current.prefix(writer.width))
            for slot in row.indices where Int.random(in: 0..<100, using: &random) == 0 {
                row[slot] = [MarkerNaN.absent, MarkerNaN.stale, .nan, -1, -0.0, .infinity].randomElement(
                    using: &random
                )!
            }
            if Int.random(in: 0..<5, using: &random) == 0 { row.removeLast(Int.random(in: 0...2, using: &random)) }
            try writer.append(at: Int64(frame) * 10, row)
            rows.append(row + Array(repeating: MarkerNaN.absent, count: 60 - row.count))
        }
        let view = store.view(of: writer.timeline)
        let slots = (0..<64).map { _ in UInt32.random(in: 0..<60, using: &random) } + [1000]
        for frame in 0..<150 {
            var out = Array(repeating: 0.0, count: slots.count)
            unsafe slots.withUnsafeBufferPointer { slots in
                unsafe out.withUnsafeMutableBufferPointer { unsafe view.gather(slots: slots, frame: frame, into: $0) }
            }
            for (slot, value) in zip(slots, out) {
                let expected = slot < 60 ? rows[frame][Int(slot)] : MarkerNaN.absent
                #expect(value.bitPattern == expected.bitPattern)
                #expect(view.value(slot: Int(slot), frame: frame).bitPattern == expected.bitPattern)
            }
        }
        var last = Array(repeating: 0, count: slots.count)
        unsafe slots.withUnsafeBufferPointer { slots in
            unsafe last.withUnsafeMutableBufferPointer { unsafe view.gatherLastIrregular(slots: slots, into: $0) }
        }
        for (slot, irregular) in zip(slots, last) where slot < view.slotCount {
            let column = rows.map { $0[Int(slot)] }
            var expected = 0
            for frame in 0..<150 {
                if column[frame].isNaN {
                    expected = frame + 1
                } else if frame > 0 && !(column[frame] >= column[frame - 1]) {
                    expected = frame
                }
            }
            #expect(irregular == expected)
        }
    }
}
