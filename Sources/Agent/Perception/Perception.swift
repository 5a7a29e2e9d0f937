import Collectors
import Configuration
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
        var redis: [ServerCollector] = []
        var postgres: [ServerCollector] = []

        func stop() {
            host?.stop()
            journal?.stop()
            systemd?.stop()
            probes?.stop()
            for server in redis + postgres { server.stop() }
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
        manager = ServiceManager(bus: bus, log: ground.log.named("systemd"))
    }

    /// Takes up a configuration; what stays the same goes on undisturbed.
    func apply(_ configuration: MedicConfiguration) {
        bus.start()
        manager.start()
        own.start(every: configuration.global.scrapeInterval)
        scraping.apply(configuration.scrapeJobs, configuration.global)
        collectors.withLock { running in
            if running.settings.host != configuration.collectors.host {
                running.host?.stop()
                running.host = configuration.collectors.host.flatMap { host($0) }
            }
            if running.settings.journal != configuration.collectors.journal {
                running.journal?.stop()
                running.journal = configuration.collectors.journal.flatMap { journal($0) }
            }
            if running.settings.systemd != configuration.collectors.systemd {
                running.systemd?.stop()
                running.systemd = configuration.collectors.systemd.flatMap { systemd($0) }
            }
            applyServices(configuration.collectors, &running)
            running.settings = configuration.collectors
        }
    }

    private func applyServices(_ settings: CollectorSettings, _ running: inout Running) {
        if running.settings.probes != settings.probes {
            running.probes?.stop()
            running.probes = probes(settings.probes)
        }
        if running.settings.redis != settings.redis {
            for server in running.redis { server.stop() }
            running.redis = settings.redis.compactMap { redis($0) }
        }
        if running.settings.postgres != settings.postgres {
            for server in running.postgres { server.stop() }
            running.postgres = settings.postgres.compactMap { postgres($0) }
        }
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

    private func systemd(_ settings: SystemdCollectorSettings) -> SystemdCollector? {
        do {
            let collector = try SystemdCollector(
                settings,
                labels: settings.basics.commonLabels(job: "systemd", instance: HostName.current),
                manager: manager,
                store: store,
                instruments: ground.instruments,
                log: ground.log.named("collectors"),
                landed: landed
            )
            collector.start()
            return collector
        } catch {
            ground.log.error("units cannot be watched", ["error": "\(error)"])
            return nil
        }
    }
}
