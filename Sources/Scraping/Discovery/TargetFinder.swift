public import Configuration
public import EventLoop
public import HTTPClient
public import Instruments
public import Logging
public import Metrics

/// Finds addresses for others than scrapes, in all the ways in which targets are found: Alertmanagers, for instance.
///
/// Unchecked: confined to the loop.
public final class TargetFinder: @unchecked Sendable {
    private let context: DiscoveryContext
    private let found: @Sendable ([Labels]) -> Void
    private var discoveries: [any Discovery] = []
    private var isAwaitingUpdate = false
    private var isStopped = false

    /// Looks from now on, and tells on the loop of everything that is known, at once and whenever it changes: of each target the labels with
    /// `__address__`, before any relabelling. What a refresh that fails brought before, stays.
    public init(
        _ settings: DiscoverySettings,
        loop: EventLoop,
        client: HTTPClient,
        log: Logger,
        instruments: Instruments,
        found: @escaping @Sendable ([Labels]) -> Void
    ) {
        context = DiscoveryContext(
            loop: loop,
            client: client,
            log: log,
            failures: ScrapeMeters.discoveryFailures(instruments)
        )
        self.found = found
        loop.submit { [self] in begin(settings) }
    }

    /// Looks no more. From any thread.
    public func stop() {
        context.loop.submit { [self] in
            isStopped = true
            for discovery in discoveries { discovery.stop() }
            discoveries = []
        }
    }

    private func begin(_ settings: DiscoverySettings) {
        guard !isStopped else { return }
        discoveries = context.discoveries(of: settings)
        for discovery in discoveries { discovery.start { [weak self] in self?.tellSoon() } }
        tell()
    }

    private func tellSoon() {
        guard !isAwaitingUpdate else { return }
        isAwaitingUpdate = true
        context.loop.after(.zero) { [weak self] in
            self?.isAwaitingUpdate = false
            self?.tell()
        }
    }

    private func tell() {
        guard !isStopped else { return }
        found(discoveries.flatMap(\.groups).flatMap(\.labelSets))
    }
}
