import Metrics
import Storage
import Testing

/// Writers, solo samples, moves, holes, markers and retention in random order, beside a store that keeps arrays.
private struct World {
    var random: SeededGenerator
    let store = SampleStore()
    var naive = NaiveStore()
    var writers: [(writer: FrameWriter, slots: [Labels: Int], newest: [Labels: Double])] = []
    var time: Int64 = 0
    var cutoff = Int64.min
    let universe: [Labels]

    init(seed: UInt64) throws {
        random = SeededGenerator(seed)
        universe = (0..<24).map { Labels(name: "m\($0 % 5)", [Label("i", "\($0)")]) }
        for index in 0..<3 { writers.append((try store.openTimeline(named: "t\(index)"), [:], [:])) }
    }

    mutating func value() -> Double {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: MarkerNaN.stale
        case 1: Double.random(in: -1...1, using: &random)
        case 2: .nan
        default: Double(Int.random(in: 0..<1000, using: &random))
        }
    }

    mutating func step() throws {
        time += Int64.random(in: 1...20, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<80: try frame()
        case 80..<94: solo()
        case 94..<97: retain()
        default: reopen()
        }
    }

    private mutating func frame() throws {
        let place = Int.random(in: 0..<writers.count, using: &random)
        // One source is late, as a slow target is.
        let time = time - Int64(place * place * 25)
        if Int.random(in: 0..<8, using: &random) == 0 {
            // Mostly each writer's own series, sometimes another's.
            let isOwn = Int.random(in: 0..<6, using: &random) > 0
            let labels =
                isOwn
                ? universe[place * 6 + Int.random(in: 0..<6, using: &random)] : universe.randomElement(using: &random)!
            writers[place].slots[labels] = try writers[place].writer.slot(for: labels)
        }
        var row = Array(repeating: MarkerNaN.absent, count: writers[place].writer.width)
        for (labels, slot) in writers[place].slots.sorted(by: { $0.value < $1.value })
        where Int.random(in: 0..<10, using: &random) > 0 {
            row[slot] = value()
            expectSample(labels, time, row[slot], in: place)
        }
        writers[place].newest = writers[place].slots.mapValues { row[$0] }
        try writers[place].writer.append(at: time, row)
        if Int.random(in: 0..<20, using: &random) == 0 { try writers[place].writer.append(at: time, row) }
        if Int.random(in: 0..<20, using: &random) == 0 {
            #expect(throws: StorageRefusal.self) { try writers[place].writer.append(at: time - 1, row) }
        }
    }

    /// Staleness markers of a source that a series has left are not stored; the store knows which those are.
    private mutating func expectSample(_ labels: Labels, _ time: Int64, _ value: Double, in place: Int) {
        if value.isStaleMarker, let home = currentHome(of: labels), home != writers[place].writer.timeline {
            if !store.isSolo(home) { return }
        }
        if value.isStaleMarker && currentHome(of: labels) == nil { return }
        _ = naive.append(labels, time, value)
    }

    private func currentHome(of labels: Labels) -> TimelineID? {
        store.readIndex { index in
            index.select([]).first { index.labels(of: $0) == labels }.flatMap { index.currentHome(of: $0)?.timeline }
        }
    }

    private mutating func solo() {
        let labels = universe.randomElement(using: &random)!
        let late = Int.random(in: 0..<5, using: &random) == 0 ? Int64.random(in: 0...200, using: &random) : 0
        let value = value()
        let expected = naive.append(labels, time - late, value)
        do {
            try store.append(labels, Timestamp(rawValue: time - late), value)
            #expect(expected == .stored || expected == .repeated)
        } catch {
            switch error {
            case .outOfOrder: #expect(expected == .outOfOrder)
            case .duplicate: #expect(expected == .duplicate)
            default: Issue.record("\(error)")
            }
        }
    }

    private mutating func retain() {
        cutoff = Swift.max(cutoff, time - Int64.random(in: 100...2000, using: &random))
        store.dropSamples(before: Timestamp(rawValue: cutoff))
        for (labels, samples) in naive.samples {
            let kept = samples.filter { $0.time >= cutoff }
            naive.samples[labels] = kept.isEmpty ? nil : kept
        }
    }

    private mutating func reopen() {
        let place = Int.random(in: 0..<writers.count, using: &random)
        let time = time - Int64(place * place * 25)
        // A frame that retention has dropped has nothing to be marked.
        let view = store.view(of: writers[place].writer.timeline)
        if view.firstFrame == view.endFrame { writers[place].newest = [:] }
        for (labels, last) in writers[place].newest where !last.isStaleMarker && !last.isAbsent {
            expectSample(labels, time, MarkerNaN.stale, in: place)
        }
        writers[place].writer.close(at: Timestamp(rawValue: time))
        writers[place].slots = [:]
        writers[place].newest = [:]
    }

    /// Samples that the store still has beyond the cut are fine: it drops whole runs.
    func check() {
        for labels in universe {
            // A late source may write what is too old already.
            let expected = (naive.samples[labels] ?? []).filter { $0.time >= cutoff }
            let found = store.samples(of: labels).filter { $0.time >= cutoff }
            #expect(found.map(\.time) == expected.map(\.time), "\(labels)")
            #expect(found.map(\.bits) == expected.map(\.bits), "\(labels)")
        }
    }
}

extension SampleStore {
    fileprivate func isSolo(_ timeline: TimelineID) -> Bool { view(of: timeline).slotCount == 1 && soloNames(timeline) }

    /// A timeline that no writer of the test has opened is one of a single series.
    private func soloNames(_ timeline: TimelineID) -> Bool { timeline.rawValue > 3 }
}

@Suite struct ModelTests {
    @Test(arguments: 1...60)
    func `A store holds what a naive one holds`(_ seed: Int) throws {
        var world = try World(seed: UInt64(seed))
        for step in 0..<400 {
            try world.step()
            if step % 40 == 39 { world.check() }
        }
        world.check()
    }
}
