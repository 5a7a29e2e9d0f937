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
    private var slots: [String: Int] = [:]
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
        for index in values.indices { values[index] = MarkerNaN.absent }
        for family in ground.instruments.families() {
            for sample in family.samples { set(family.name + sample.suffix, sample) }
        }
        while values.count < sheet.width { values.append(MarkerNaN.absent) }
        // The buffer lives as long as the call that reads it.
        let appended: Void? = try? unsafe values.withUnsafeBufferPointer {
            try unsafe sheet.append(at: moment, values: $0)
        }
        if appended != nil { landed(sheet.timeline, moment) }
    }

    private func set(_ name: String, _ sample: InstrumentSample) {
        let key = name + "\u{0}" + sample.labels.map { "\($0.name)\u{0}\($0.value)" }.joined(separator: "\u{0}")
        let known = slots[key]
        let slot = known ?? (try? sheet.slot(for: labels(name, sample), isVital: true))
        guard let slot else { return }
        if known == nil { slots[key] = slot }
        while values.count <= slot { values.append(MarkerNaN.absent) }
        values[slot] = sample.value
    }

    private func labels(_ name: String, _ sample: InstrumentSample) -> Labels {
        Labels(
            [Label(Labels.metricName, name), Label("job", "medic"), Label("instance", HostName.current)]
                + sample.labels.map { Label($0.name, $0.value) }
        )
    }
}
