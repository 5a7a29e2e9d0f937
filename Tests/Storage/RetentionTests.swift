import Metrics
import Storage
import Testing

@Suite struct RetentionTests {
    let store = SampleStore()

    @Test func `A series whose samples are gone leaves the index and comes back with a value`() throws {
        let writer = try store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "a"))
        let slot = try writer.slot(for: Labels(name: "b"))
        for frame in 0..<100 { try writer.append(at: Int64(frame), frame < 20 ? [1, 2] : [1]) }
        store.dropSamples(before: Timestamp(rawValue: 32))
        #expect(store.readIndex { $0.labelNames(matching: []) } == ["__name__"])
        #expect(store.readIndex { $0.labelValues(of: "__name__", matching: []) } == ["a"])
        try writer.append(at: 100, [1, 7])
        #expect(store.readIndex { $0.labelValues(of: "__name__", matching: []) } == ["a", "b"])
        #expect(store.samples(of: Labels(name: "b")).map(\.time) == [100])
        #expect(try writer.slot(for: Labels(name: "b")) == slot)
    }

    @Test func `A slot that was let go serves another series when its samples are gone`() throws {
        let writer = try store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "a"))
        let slot = try writer.slot(for: Labels(name: "b"))
        for frame in 0..<20 { try writer.append(at: Int64(frame), [1, 2]) }
        writer.release(slot)
        #expect(try writer.slot(for: Labels(name: "c")) == 2)
        for frame in 20..<100 { try writer.append(at: Int64(frame), [1]) }
        store.dropSamples(before: Timestamp(rawValue: 32))
        #expect(try writer.slot(for: Labels(name: "d")) == slot)
        try writer.append(at: 100, [1, 4])
        #expect(store.samples(of: Labels(name: "d")).map(\.time) == [100])
        #expect(store.samples(of: Labels(name: "b")).isEmpty)
    }

    @Test func `A new series that has no sample yet survives retention`() throws {
        let writer = try store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "a"))
        try writer.append(at: 1, [1])
        _ = try writer.slot(for: Labels(name: "b"))
        store.dropSamples(before: Timestamp(rawValue: 10))
        try writer.append(at: 20, [1, 2])
        #expect(store.samples(of: Labels(name: "b")).map(\.time) == [20])
        #expect(store.samples(of: Labels(name: "a")).map(\.time) == [20])
    }

    @Test func `A closed timeline disappears with its samples, and its name starts anew`() throws {
        let writer = try store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "a"))
        try writer.append(at: 1, [1])
        writer.close(at: Timestamp(rawValue: 5))
        #expect(store.samples(of: Labels(name: "a")).last.map { Double(bitPattern: $0.bits).isStaleMarker } == true)
        let again = try store.openTimeline(named: "target")
        #expect(again.timeline == writer.timeline)
        #expect(try again.slot(for: Labels(name: "a")) == 0)
        try again.append(at: 6, [2])
        again.close(at: Timestamp(rawValue: 7))
        store.dropSamples(before: Timestamp(rawValue: 100))
        #expect(store.statistics.timelines == 0)
        #expect(store.view(of: writer.timeline).endFrame == 0)
        #expect(try store.openTimeline(named: "target").timeline != writer.timeline)
        // A writer that was kept still works.
        _ = try writer.slot(for: Labels(name: "b"))
        try writer.append(at: 200, [1])
        #expect(store.samples(of: Labels(name: "b")).map(\.time) == [200])
    }

    @Test func `Label texts and numbers are given back`() throws {
        for round in 0..<200 {
            for series in 0..<20 {
                let labels = Labels(name: "m", [Label("pod", "pod-\(round)-\(series)"), Label("job\(round % 3)", "x")])
                try store.append(labels, Timestamp(rawValue: Int64(round * 100 + series)), 1)
            }
            store.dropSamples(before: Timestamp(rawValue: Int64(round * 100)))
        }
        #expect(store.statistics.series == 20)
        #expect(store.statistics.timelines == 20)
        #expect(store.statistics.indexBytes < 200_000)
        #expect(store.readIndex { $0.labelValues(of: "pod", matching: []).count } == 20)
        #expect(store.readIndex { $0.labelNames(matching: []) } == ["__name__", "job1", "pod"])
    }

    @Test func `Loaded series with equal times share a timeline`() throws {
        let times = (0..<100).map { Timestamp(rawValue: Int64($0) * 1000) }
        let all = (0..<50).map { series in
            let samples = times.enumerated().map { Sample(timestamp: $1, value: Double(series * $0)) }
            return (
                labels: Labels(name: "m", [Label("i", "\(series)")]),
                samples: series == 7 ? Array(samples.dropLast()) : samples
            )
        }
        try store.load(all)
        #expect(store.statistics.timelines == 2)
        for (labels, samples) in all {
            let found = store.samples(of: labels)
            #expect(found.map(\.time) == samples.map(\.timestamp.rawValue))
            #expect(found.map(\.bits) == samples.map(\.value.bitPattern))
        }
        try store.load([(labels: all[0].labels, samples: [Sample(timestamp: Timestamp(rawValue: 200_000), value: 1)])])
        #expect(store.samples(of: all[0].labels).count == 101)
    }
}
