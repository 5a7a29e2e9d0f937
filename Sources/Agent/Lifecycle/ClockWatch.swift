import EventLoop
import Instruments
import Logging
import Metrics
import Storage

/// Notices when the clock of the host is set, and has everything go on by its new time.
///
/// It looks as long as its loop runs. Unchecked: confined to the loop of the senses.
final class ClockWatch: @unchecked Sendable {
    private static let interval = Duration.seconds(2)
    /// Clocks that are kept right by and by never differ by so much from one look to the next.
    private static let leapMin: Int64 = 1_000

    private let ground: Ground
    private let store: SampleStore
    private let changed: @Sendable () -> Void
    private let jumps: Counter
    private var offset = ClockWatch.offset

    /// `changed` is called when the clock was set, once the samples of a time that is yet to come are out of the way.
    init(_ ground: Ground, _ store: SampleStore, changed: @escaping @Sendable () -> Void) {
        self.ground = ground
        self.store = store
        self.changed = changed
        jumps = ground.instruments.counter(
            "medic_clock_jumps_total",
            help: "Times that the clock of the host was set by a second or more."
        )
    }

    func start() {
        // What was kept may come from a clock that was ahead.
        store.beginAgain(at: ground.now)
        ground.senses.submit { [self] in turn() }
    }

    private func turn() {
        look()
        _ = ground.senses.after(Self.interval) { [self] in turn() }
    }

    /// What the clock is ahead of the one that counts seconds and is never set.
    private static var offset: Int64 { WallClock.now &- MonotonicInstant.now.nanoseconds / 1_000_000 }

    private func look() {
        let now = Self.offset
        let leap = now &- offset
        offset = now
        guard leap.magnitude >= Self.leapMin.magnitude else { return }
        jumps.add()
        // Of time that a machine has slept through the other clock knows nothing.
        ground.log.warning("the clock has jumped, or the machine has slept", ["seconds": Double(leap) / 1_000])
        if leap < 0 { store.beginAgain(at: ground.now) }
        changed()
    }
}
