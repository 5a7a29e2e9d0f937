import EventLoop
import Instruments
import Metrics
import Storage
import Synchronization

/// Writes what medic measures about itself into its own store, so that rules and queries see it without a scrape.
///
/// Unchecked: the sheet belongs to the senses' loop.
final class OwnMetrics: @unchecked Sendable {
    private let ground: Ground
    private let landed: @Sendable (TimelineID, Timestamp) -> Void
    private let sheet: FrameWriter
    private var slots: [Labels: Int] = [:]
    /// Where each reading goes, in their order, and the layout that this is the order of.
    private var places: [Int?] = []
    private var layout: Int?
    private var values: [Double] = []
    private var timer: TimerToken?

    init(
        _ ground: Ground,
        _ store: SampleStore,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) throws {
        self.ground = ground
        self.landed = landed
        sheet = try store.openTimeline(named: "medic")
    }

    func start(every interval: Milliseconds) {
        ground.senses.submit { [self] in
            timer?.cancel()
            sheet.promise(every: interval)
            turn(interval)
        }
    }

    func stop() {
        ground.senses.submit { [self] in
            timer?.cancel()
            timer = nil
        }
    }

    private func turn(_ interval: Milliseconds) {
        write(at: ground.now)
        timer = ground.senses.after(.milliseconds(interval.rawValue)) { [weak self] in self?.turn(interval) }
    }

    private func write(at moment: Timestamp) {
        var readings = ground.instruments.readings()
        if readings.layout != layout {
            adopt()
            readings = ground.instruments.readings()
        }
        // An instrument that came in between is there at the next turn.
        guard readings.layout == layout else { return }
        for index in values.indices { values[index] = MarkerNaN.absent }
        for (place, value) in zip(places, readings.values) {
            if let place { values[place] = value }
        }
        // The buffer lives as long as the call that reads it.
        let appended: Void? = try? unsafe values.withUnsafeBufferPointer {
            try unsafe sheet.append(at: moment, values: $0)
        }
        if appended != nil { landed(sheet.timeline, moment) }
    }

    private func adopt() {
        layout = ground.instruments.layout
        places = ground.instruments.families().flatMap { family in
            family.samples.map { slot(for: labels(family.name + $0.suffix, $0)) }
        }
        while values.count < sheet.width { values.append(MarkerNaN.absent) }
    }

    private func slot(for labels: Labels) -> Int? {
        if let known = slots[labels] { return known }
        guard let slot = try? sheet.slot(for: labels, isVital: true) else { return nil }
        slots[labels] = slot
        return slot
    }

    private func labels(_ name: String, _ sample: InstrumentSample) -> Labels {
        Labels(
            [Label(Labels.metricName, name), Label("job", "medic"), Label("instance", HostName.current)]
                + sample.labels.map { Label($0.name, $0.value) }
        )
    }
}
