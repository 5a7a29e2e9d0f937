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
    private let ground: Ground
    private let store: SampleStore
    private let landed: Landed
    private let own: OwnMetrics
    private let bus: SystemBus
    private let collectors = Mutex(Running())

    private struct Running {
        var settings = CollectorSettings()
        var host: HostCollector?
        var journal: JournalCollector?
        var systemd: SystemdCollector?

        func stop() {
            host?.stop()
            journal?.stop()
            systemd?.stop()
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
            running.settings = configuration.collectors
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

    private func host(_ settings: HostCollectorSettings) -> HostCollector? {
        do {
            let collector = try HostCollector(
                settings,
                // As node_exporter's job is called by whoever wrote rules and dashboards for it.
                labels: settings.basics.commonLabels(job: "node", instance: HostName.current),
                loop: ground.senses,
                store: store,
                instruments: ground.instruments,
                log: ground.log.named("collectors"),
                landed: landed
            )
            collector.start()
            return collector
        } catch {
            ground.log.error("the host cannot be watched", ["error": "\(error)"])
            return nil
        }
    }

    private func journal(_ settings: JournalCollectorSettings) -> JournalCollector? {
        do {
            let collector = try JournalCollector(
                settings,
                labels: settings.basics.commonLabels(job: "journal", instance: HostName.current),
                loop: ground.senses,
                store: store,
                instruments: ground.instruments,
                log: ground.log.named("collectors"),
                landed: landed
            )
            collector.start()
            return collector
        } catch {
            ground.log.error("the journal cannot be watched", ["error": "\(error)"])
            return nil
        }
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
