public import Configuration
import EventLoop
public import HTTPClient
public import Instruments
public import Logging
public import Metrics
public import Storage

/// Looks at services from outside, and writes what was seen under blackbox_exporter's names.
///
/// Unchecked: confined to its loop, which every entry checks or moves to.
public final class ProbeCollector: @unchecked Sendable {
    /// Probes begin one after the other.
    private static let stagger = Duration.milliseconds(50)

    private let loop: EventLoop
    private let landed: @Sendable (TimelineID, Timestamp) -> Void
    private var probes: [Probe] = []
    private var timers: [TimerToken?]
    private var isRunning = false
    private let runs: Counter
    private let failures: Counter

    /// - Parameter labels: those of each probe's series, `job` and `instance` among them.
    public init(
        _ settings: [ProbeSettings],
        labels: (ProbeSettings) -> Labels,
        client: HTTPClient,
        store: SampleStore,
        instruments: Instruments,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) throws {
        loop = client.loop
        self.landed = landed
        timers = settings.map { _ in nil }
        runs = instruments.counter("medic_collectors_probes_total", help: "Probes made.")
        failures = instruments.counter("medic_collectors_probe_failures_total", help: "Probes that did not succeed.")
        for probe in settings {
            let sheet = try SampleSheet(
                store,
                named: "probe/\(probe.name)",
                labels: labels(probe),
                every: probe.basics.interval
            )
            probes.append(try Probe(probe, sheet: sheet, client: client, log: log))
        }
    }

    public func start() {
        loop.submit { [self] in
            guard !isRunning else { return }
            isRunning = true
            for place in probes.indices {
                let interval = Duration.milliseconds(probes[place].settings.basics.interval.rawValue)
                timers[place] = loop.after(Swift.min(Self.stagger * place, interval)) { [weak self] in self?.tick(place)
                }
            }
        }
    }

    /// Ends all series.
    public func stop() {
        loop.submit { [self] in
            isRunning = false
            for timer in timers { timer?.cancel() }
            for probe in probes { probe.sheet.close(at: now) }
        }
    }

    private var now: Timestamp { Timestamp(milliseconds: WallClock.now) }

    private func tick(_ place: Int) {
        guard isRunning else { return }
        let probe = probes[place]
        timers[place] = loop.after(.milliseconds(probe.settings.basics.interval.rawValue)) { [weak self] in
            self?.tick(place)
        }
        runs.add()
        probe.run { [weak self] succeeded in
            guard let self, isRunning else { return }
            if !succeeded { failures.add() }
            if let time = probe.sheet.commit(at: now) { landed(probe.sheet.timeline, time) }
        }
    }
}
