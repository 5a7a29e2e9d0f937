public import Configuration
import EventLoop
import Files
public import Instruments
public import Logging
public import Metrics
public import Storage
import SystemBus
public import Systemd

/// Turns what systemd tells into samples: states of units the moment they change, everything else at each interval.
///
/// Unchecked: confined to the loop of the manager's bus, which every entry checks or moves to.
public final class SystemdCollector: @unchecked Sendable {
    /// How long values hold when systemd cannot be reached: it may just be replacing itself.
    static let grace = Duration.seconds(3)
    /// Units that appear together are asked for together.
    static let newUnitsPause = Duration.milliseconds(50)
    /// Questions to systemd at once: it has other things to do.
    static let questionsMax = 16
    /// Control groups that are read in one turn of the loop.
    static let groupsPerTurn = 64

    let manager: ServiceManager
    let settings: SystemdCollectorSettings
    let filter: UnitFilter
    let log: Logger
    let landed: @Sendable (TimelineID, Timestamp) -> Void
    let shards: UnitShards
    let overview: SystemdOverview

    var units: [String: UnitRecord] = [:]
    var includedCount = 0
    var newUnits: Set<String> = []
    var questions: [UnitQuestion] = []
    var nextQuestion = 0
    var openQuestions = 0
    var isCommitDue = false
    var isAsking = false
    /// systemd reads its files again, and has not said that it is done.
    var isReloading = false
    var subscription: ChangeSubscription?
    var interval: TimerToken?
    var mourning: TimerToken?
    let writtenRows: Counter
    let ignoredUnits: Gauge
    let watchedUnits: Gauge

    /// - Parameter labels: those of all series, `job` and `instance` among them.
    public init(
        _ settings: SystemdCollectorSettings,
        labels: Labels,
        manager: ServiceManager,
        store: SampleStore,
        instruments: Instruments,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) throws {
        self.manager = manager
        self.settings = settings
        self.log = log
        self.landed = landed
        filter = try UnitFilter(include: settings.include, exclude: settings.exclude)
        shards = UnitShards(store, labels: labels, every: settings.basics.interval)
        overview = try SystemdOverview(store, labels: labels, every: settings.basics.interval)
        writtenRows = instruments.counter(
            "medic_collectors_systemd_rows_total",
            help: "Rows of unit states written to the store."
        )
        ignoredUnits = instruments.gauge(
            "medic_collectors_systemd_units_ignored",
            help: "Units that are included but have no series because there are more than max_units."
        )
        watchedUnits = instruments.gauge("medic_collectors_systemd_units", help: "Units that have series.")
    }

    public func start() {
        manager.bus.loop.submit { [self] in
            guard subscription == nil else { return }
            if isExpected { overview.set(isUp: false) }
            // Until systemd is there; when it is already, the subscription says so at once.
            mourn()
            subscription = manager.changes { [weak self] in self?.note($0) }
            tick()
        }
    }

    /// Ends all its series.
    public func stop() {
        manager.bus.loop.submit { [self] in
            subscription?.cancel()
            subscription = nil
            interval?.cancel()
            mourning?.cancel()
            forgetEverything()
            overview.close(at: now)
        }
    }

    /// Without systemd nothing is known: its series end, after a while that a new systemd may need to come up.
    func mourn() {
        guard mourning == nil else { return }
        mourning = manager.bus.loop.after(Self.grace) { [weak self] in
            guard let self else { return }
            mourning = nil
            guard isExpected else { return log.info("this host is not run by systemd: there are no units to see") }
            log.warning("systemd cannot be reached; what is known of its units ends")
            forgetEverything()
            overview.set(isUp: false)
            commit(all: false)
        }
    }

    /// A host that systemd does not run, as sd_booted(3) tells, has no units that could be missed.
    private var isExpected: Bool {
        overview.hasBeenUp || (((try? FileSystem.statusIfPresent("/run/systemd/system")) ?? nil) != nil)
    }

    private func forgetEverything() {
        for record in units.values { shards.remove(record) }
        units = [:]
        includedCount = 0
        newUnits = []
        questions = []
        nextQuestion = 0
        overview.forgetUnits()
        shards.commit(all: false, at: now, landed: landed)
    }

    var now: Timestamp { Timestamp(milliseconds: WallClock.now) }

    /// Writes what has changed once everything that has arrived with it has been looked at.
    func commitSoon() {
        guard !isCommitDue else { return }
        isCommitDue = true
        manager.bus.loop.submit { [weak self] in self?.commit(all: false) }
    }

    func commit(all: Bool) {
        isCommitDue = false
        let now = now
        shards.commit(all: all, at: now) { timeline, time in
            writtenRows.add()
            landed(timeline, time)
        }
        for name in unwritten { units[name]?.hasUnwrittenState = false }
        unwritten.removeAll(keepingCapacity: true)
        if let time = overview.commit(all: all, at: now) { landed(overview.timeline, time) }
    }

    /// Units whose state waits to be written.
    var unwritten: [String] = []
}
