import Collectors
import Configuration
import Dispatch
import EventLoop
import HTTPClient
import Logging
import Metrics
import Scraping
import Storage
import Synchronization
import SystemBus
import Systemd

/// Everything that brings samples in: what is scraped, what medic sees by itself, and what it measures about itself.
final class Perception: Sendable {
    typealias Landed = @Sendable (TimelineID, Timestamp) -> Void

    /// systemd, for whoever looks at units or treats them.
    let manager: ServiceManager
    /// Asks other programs over HTTP. libcurl behind it is opened when the first request is made.
    let client: HTTPClient
    let scraping: ScrapeManager
    let ground: Ground
    let store: SampleStore
    let landed: Landed
    private let own: OwnMetrics
    private let bus: SystemBus
    private let collectors = Mutex(Running())

    private struct Running {
        var settings = CollectorSettings()
        var host: HostCollector?
        var journal: JournalCollector?
        var systemd: SystemdCollector?
        var probes: ProbeCollector?
        var servers: [WatchedServer: ServerCollector] = [:]

        func stop() {
            host?.stop()
            journal?.stop()
            systemd?.stop()
            probes?.stop()
            for server in servers.values { server.stop() }
        }
    }

    init(_ ground: Ground, _ store: SampleStore, landed: @escaping Landed) throws {
        self.ground = ground
        self.store = store
        self.landed = landed
        own = try OwnMetrics(ground, store, landed: landed)
        client = HTTPClient(loop: ground.senses, log: ground.log.named("http"), instruments: ground.instruments)
        scraping = ScrapeManager(
            loop: ground.senses,
            client: client,
            store: store,
            instruments: ground.instruments,
            log: ground.log.named("scraping"),
            seed: HostName.current,
            landed: landed
        )
        bus = SystemBus(loop: ground.senses, log: ground.log.named("bus"))
        bus.observe(with: ground.instruments)
        manager = ServiceManager(bus: bus, log: ground.log.named("systemd"))
    }

    /// Takes up a configuration; what stays the same goes on undisturbed.
    func apply(_ configuration: MedicConfiguration) {
        bus.start()
        manager.start()
        own.start(every: configuration.global.scrapeInterval)
        scraping.apply(configuration.scrapeJobs, configuration.global)
        collectors.withLock { running in
            // What is replaced ends first: a series belongs to one timeline at a time.
            if stopChanged(configuration.collectors, &running) { settle() }
            startChanged(configuration.collectors, &running)
            running.settings = configuration.collectors
        }
    }

    /// Ends the collectors whose settings are others now; all others go on undisturbed. Answers whether there were any.
    private func stopChanged(_ settings: CollectorSettings, _ running: inout Running) -> Bool {
        let former = running.settings
        var isAnyStopped = false
        func stop(_ isChanged: Bool, _ body: () -> Void) {
            guard isChanged else { return }
            isAnyStopped = true
            body()
        }
        stop(former.host != settings.host && running.host != nil) { running.host?.stop() }
        stop(former.journal != settings.journal && running.journal != nil) { running.journal?.stop() }
        stop(former.systemd != settings.systemd && running.systemd != nil) { running.systemd?.stop() }
        let wanted = Set(WatchedServer.all(of: settings))
        for (server, collector) in running.servers where !wanted.contains(server) {
            stop(true) { collector.stop() }
            running.servers[server] = nil
        }
        return isAnyStopped
    }

    private func startChanged(_ settings: CollectorSettings, _ running: inout Running) {
        let former = running.settings
        if former.host != settings.host { running.host = settings.host.flatMap { host($0) } }
        if former.journal != settings.journal { running.journal = settings.journal.flatMap { journal($0) } }
        if former.systemd != settings.systemd { running.systemd = settings.systemd.flatMap { systemd($0) } }
        if !settings.probes.isEmpty, running.probes == nil { running.probes = makeProbes() }
        // Which of them have changed, it finds out by itself.
        running.probes?.apply(settings.probes)
        for server in WatchedServer.all(of: settings) where running.servers[server] == nil {
            running.servers[server] = self.server(server)
        }
    }

    /// How everything is that medic looks at from outside, by name: servers, and probes that cannot be made from here.
    var conditions: [WatchedCondition] {
        collectors.withLock { running in
            let servers = running.servers.values.compactMap(\.condition).sorted { $0.name < $1.name }
            // A probe that fails is for its alerts to tell; one that may not be made is for whoever installed medic.
            return servers + (running.probes?.conditions ?? []).filter { $0.level == .degraded }
        }
    }

    /// Waits until the loop has done what was asked of it so far.
    private func settle() {
        let done = DispatchSemaphore(value: 0)
        ground.senses.submit { done.signal() }
        done.wait()
    }

    func stop() {
        collectors.withLock { running in
            running.stop()
            running = Running()
        }
        scraping.stop()
        own.stop()
        bus.stop()
    }
}
