public import Configuration
import EventLoop
public import HTTPClient
public import Instruments
public import Logging
public import Metrics
public import Storage
import Synchronization

/// Looks at services from outside, and writes what was seen under blackbox_exporter's names.
///
/// Unchecked: confined to its loop, which every entry checks or moves to.
public final class ProbeCollector: @unchecked Sendable {
    /// Probes begin one after the other.
    private static let stagger = Duration.milliseconds(50)

    private struct Running {
        let probe: Probe
        var timer: TimerToken?
    }

    private let loop: EventLoop
    private let client: HTTPClient
    private let store: SampleStore
    private let labels: @Sendable (ProbeSettings) -> Labels
    private let log: Logger
    private let landed: @Sendable (TimelineID, Timestamp) -> Void
    private var running: [String: Running] = [:]
    private let runs: Counter
    private let failures: Counter
    /// By probe, for those who ask from other threads.
    private let seen = Mutex<[String: WatchedCondition]>([:])

    /// - Parameter labels: those of each probe's series, `job` and `instance` among them.
    public init(
        labels: @escaping @Sendable (ProbeSettings) -> Labels,
        client: HTTPClient,
        store: SampleStore,
        instruments: Instruments,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) {
        loop = client.loop
        self.client = client
        self.store = store
        self.labels = labels
        self.log = log
        self.landed = landed
        runs = instruments.counter("medic_collectors_probes_total", help: "Probes made.")
        failures = instruments.counter("medic_collectors_probe_failures_total", help: "Probes that did not succeed.")
    }

    /// What each probe found last, in the order of their names. From any thread.
    public var conditions: [WatchedCondition] {
        seen.withLock { $0.values.sorted { $0.name < $1.name } }
    }

    /// Makes these probes from now on. One that is made already goes on undisturbed; one that is not among them ends with its series.
    public func apply(_ settings: [ProbeSettings]) {
        loop.submit { [self] in
            let wanted = Dictionary(settings.map { ($0.name, $0) }) { first, _ in first }
            for (name, one) in running where wanted[name] != one.probe.settings { end(name) }
            let fresh = settings.filter { running[$0.name] == nil }
            for (place, settings) in fresh.enumerated() { begin(settings, place: place) }
        }
    }

    /// Ends all series.
    public func stop() {
        loop.submit { [self] in
            for name in Array(running.keys) { end(name) }
        }
    }

    private func begin(_ settings: ProbeSettings, place: Int) {
        do {
            let sheet = try SampleSheet(
                store,
                named: "probe/\(settings.name)",
                labels: labels(settings),
                every: settings.basics.interval
            )
            let probe = try Probe(settings, sheet: sheet, client: client, log: log)
            let interval = Duration.milliseconds(settings.basics.interval.rawValue)
            let timer = loop.after(Swift.min(Self.stagger * place, interval)) { [weak self] in self?.tick(probe) }
            running[settings.name] = Running(probe: probe, timer: timer)
        } catch {
            log.error("a probe cannot be made", ["probe": settings.name, "reason": "\(error)"])
        }
    }

    private func end(_ name: String) {
        guard let one = running.removeValue(forKey: name) else { return }
        one.timer?.cancel()
        one.probe.sheet.close(at: now)
        seen.withLock { $0[name] = nil }
    }

    private var now: Timestamp { Timestamp(milliseconds: WallClock.now) }

    private func isRunning(_ probe: Probe) -> Bool { running[probe.settings.name]?.probe === probe }

    private func tick(_ probe: Probe) {
        guard isRunning(probe) else { return }
        let settings = probe.settings
        running[settings.name]?.timer = loop.after(.milliseconds(settings.basics.interval.rawValue)) { [weak self] in
            self?.tick(probe)
        }
        runs.add()
        probe.run { [weak self] succeeded in
            guard let self, isRunning(probe) else { return }
            if !succeeded { failures.add() }
            seen.withLock { $0[settings.name] = probe.condition }
            if let time = probe.sheet.commit(at: now) { landed(probe.sheet.timeline, time) }
        }
    }
}
