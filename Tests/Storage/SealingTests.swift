import Metrics
import Storage
import Testing

@Suite struct SealingTests {
    /// A value that differs by slot and frame, has holes, and comes to a column only later where the slot is a late one.
    private func value(slot: Int, frame: Int) -> Double {
        if frame < slot * 9 || (frame * 7 + slot) % 11 == 0 { return MarkerNaN.absent }
        return slot % 2 == 0 ? 5 : Double(frame * slot) / 4
    }

    @Test func `Short segments become one of 32 frames, and whoever reads them keeps what there was`() throws {
        let store = SampleStore()
        let writer = try store.openTimeline(named: "target")
        var views: [TimelineView] = []
        for frame in 0..<150 {
            while writer.width <= frame / 9, writer.width < 12 {
                _ = try writer.slot(for: Labels(name: "m\(writer.width)"))
            }
            try writer.append(at: Int64(frame) * 1_000, (0..<writer.width).map { value(slot: $0, frame: frame) })
            views.append(store.view(of: writer.timeline))
        }
        for (frame, view) in views.enumerated() {
            #expect(view.endFrame == frame + 1 && view.firstFrame == 0)
            for slot in 0..<view.slotCount {
                for earlier in stride(from: 0, through: frame, by: 5) {
                    let expected = value(slot: slot, frame: earlier)
                    #expect(
                        view.value(slot: slot, frame: earlier).bitPattern == expected.bitPattern,
                        "\(slot) \(earlier)"
                    )
                }
            }
            #expect(view.timestamp(of: frame / 2) == Int64(frame / 2) * 1_000)
        }
        let sealed = store.view(of: writer.timeline).parts().sealed
        #expect(sealed.dropLast().allSatisfy { $0.rowCount == 32 })
        #expect(sealed.map(\.firstFrame) == sealed.indices.map { $0 * 32 })
        let frames = sealed.map(\.rowCount).reduce(0, +)
        let samples = (0..<frames).map { frame in (0..<12).count { !value(slot: $0, frame: frame).isAbsent } }
        #expect(store.statistics.sealedSamples == samples.reduce(0, +))
    }

    @Test func `All that was booked is given back when the samples are dropped`() throws {
        let store = SampleStore()
        let writer = try store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "m"))
        for frame in 0..<200 { try writer.append(at: Int64(frame), [Double(frame)]) }
        writer.close(at: Timestamp(rawValue: 200))
        store.dropSamples(before: Timestamp(rawValue: 1_000))
        let left = store.statistics
        #expect(left.samples == 0 && left.sealedSamples == 0 && left.sealedBytes == 0 && left.rawBytes == 0)
    }
}
