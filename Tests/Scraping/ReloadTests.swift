import Configuration
import EventLoop
import Foundation
import HTTPClient
import Instruments
import Logging
import Metrics
import Resolver
import Storage
import Synchronization
import TestServers
import Testing

@testable import Scraping

/// Targets and jobs that come, go and change.
@Suite struct `Targets over time` {
    let world: ScrapeWorld
    let server: ServerProcess
    let folder: TemporaryFolder

    init() throws {
        world = try ScrapeWorld()
        server = try ServerProcess.awkward()
        folder = try TemporaryFolder()
    }

    private var address: String { "127.0.0.1:\(server.port)" }

    private func job(_ name: String, _ more: String = "", interval: String = "400ms") -> String {
        """
        - job_name: \(name)
          scrape_interval: \(interval)
          static_configs: [{targets: ['\(address)'], labels: {instance: i}}]
          \(more)

        """
    }

    @Test func `A job that is gone ends its series; one that stays does not notice`() async throws {
        try world.apply(job("a") + job("b"))
        #expect(await world.until { ["a", "b"].allSatisfy { world.value("up{instance=\"i\", job=\"\($0)\"}") == 1 } })
        try world.apply(job("b"))
        for name in ["up", "up_here", "scrape_series_added"] {
            let labels = "\(name){instance=\"i\", job=\"a\"}"
            #expect(await world.until { world.values(labels).last?.isStaleMarker == true }, "\(name)")
        }
        #expect(world.markers("up{instance=\"i\", job=\"b\"}") == 0)
        #expect(world.manager.targets.jobs == ["b"])
    }

    @Test func `When the manager stops, nothing ends`() async throws {
        try world.apply(job("a"))
        #expect(await world.land(2))
        world.manager.stop()
        #expect(await world.until { world.manager.targets.active.isEmpty })
        #expect(world.value("up{instance=\"i\", job=\"a\"}") == 1)
    }

    @Test func `Another way to scrape takes over without a gap, and what it does not yield ends`() async throws {
        try world.apply(job("a"))
        #expect(await world.land(2))
        try world.apply(job("a", "metric_relabel_configs: [{source_labels: [__name__], regex: up_here, action: drop}]"))
        #expect(await world.until { world.values("up_here{instance=\"i\", job=\"a\"}").last?.isStaleMarker == true })
        #expect(await world.land(2))
        #expect(world.markers("up_here{instance=\"i\", job=\"a\"}") == 1)
        #expect(world.markers("scrapes_total{instance=\"i\", job=\"a\"}") == 0)
        #expect(world.markers("up{instance=\"i\", job=\"a\"}") == 0)
        try world.apply(job("a", interval: "500ms"))
        #expect(await world.until { world.value("up_here{instance=\"i\", job=\"a\"}") == 1 })
        #expect(world.markers("scrapes_total{instance=\"i\", job=\"a\"}") == 0)
        #expect(world.manager.targets.active.map(\.interval) == [Milliseconds(500)])
    }

    @Test func `Files of targets are followed`() async throws {
        try world.apply(
            """
            - job_name: f
              scrape_interval: 50ms
              file_sd_configs: [{files: ['\(folder.path("*.json"))', '\(folder.path("t.yml"))']}]
            """
        )
        try folder.write("[{\"targets\": [\"\(address)\"], \"labels\": {\"a\": \"b\"}}]", to: "one.json")
        #expect(await world.until { world.value("up{a=\"b\", instance=\"\(address)\", job=\"f\"}") == 1 })
        #expect(world.manager.targets.active.first?.discovered["__meta_filepath"] == folder.path("one.json"))
        try folder.write("- targets: [localhost:\(server.port)]\n", to: "t.yml")
        #expect(await world.until { world.manager.targets.active.count == 2 })
        // What cannot be read changes nothing.
        try folder.write("- target: [x]\n", to: "t.yml")
        #expect(await world.until { world.instrument("medic_scraping_discovery_failures_total") > 0 })
        #expect(world.manager.targets.active.count == 2)
        try FileManager.default.removeItem(atPath: folder.path("one.json"))
        #expect(await world.until { world.manager.targets.active.count == 1 })
        #expect(
            await world.until {
                world.values("up{a=\"b\", instance=\"\(address)\", job=\"f\"}").last?.isStaleMarker == true
            }
        )
    }

    @Test func `A server of targets is asked`() async throws {
        let list = "[{\"targets\": [\"\(address)\"], \"labels\": {\"a\": \"b\"}}]"
        try folder.write(list, to: "list")
        let url = server.url("/file?type=application/json&path=\(folder.path("list"))")
        try world.apply(
            """
            - job_name: h
              scrape_interval: 50ms
              http_sd_configs: [{url: '\(url)', refresh_interval: 100ms}]
            """
        )
        #expect(await world.until { world.value("up{a=\"b\", instance=\"\(address)\", job=\"h\"}") == 1 })
        #expect(world.manager.targets.active.first?.discovered["__meta_url"] == url)
        try folder.write("nonsense", to: "list")
        #expect(await world.until { world.instrument("medic_scraping_discovery_failures_total") > 0 })
        #expect(world.manager.targets.active.count == 1)
        try folder.write("[]", to: "list")
        #expect(await world.until { world.manager.targets.active.isEmpty })
    }

    @Test func `Dropped targets are counted, and shown as far as they are kept`() async throws {
        try world.apply(
            """
            - job_name: d
              keep_dropped_targets: 2
              static_configs: [{targets: [a:1, b:1, c:1, d:1]}]
              relabel_configs: [{source_labels: [__address__], regex: d.*, action: keep}]
            """
        )
        #expect(await world.until { world.manager.targets.droppedCounts["d"] == 3 })
        #expect(world.manager.targets.dropped.map { $0.discovered["__address__"] } == ["a:1", "b:1"])
        #expect(world.manager.targets.active.map(\.url) == ["http://d:1/metrics"])
    }

    @Test(arguments: [
        ("one.test", DiscoverySettings.DNSDiscovery.RecordType.a, ["127.0.0.1:7"]), ("one.test", .aaaa, ["[::1]:7"]),
        ("_http._tcp.test", .srv, ["a.test:8080", "b.test:9090"]), ("mail.test", .mx, ["mx.test:7"]),
        ("nothing.test", .a, []),
    ])
    func `Name servers are asked`(name: String, type: DiscoverySettings.DNSDiscovery.RecordType, addresses: [String])
        async throws
    {
        let found = await discover(name, type, try ServerProcess("Tests/Conformance/name-server"))
        #expect(found?.map { $0["__address__"] ?? "" } == addresses)
        #expect(found?.allSatisfy { $0["__meta_dns_name"] == name } == true)
        if type == .srv { #expect(found?.first?["__meta_dns_srv_record_target"] == "a.test.") }
    }

    @Test func `An answer that does not fit into a datagram comes over a connection`() async throws {
        let found = await discover("many.test", .a, try ServerProcess("Tests/Conformance/name-server"))
        #expect(found?.count == 100)
    }

    /// What a discovery knows after its first answer.
    private func discover(
        _ name: String,
        _ type: DiscoverySettings.DNSDiscovery.RecordType,
        _ server: ServerProcess
    ) async -> [Labels]? {
        let context = ScrapeContext(
            loop: world.loop,
            client: world.client,
            store: world.store,
            log: Logger(world.sink, component: "dns"),
            meters: ScrapeMeters(world.instruments)
        ) { _, _ in }
        let port = server.port
        let box = Box()
        world.loop.submit {
            let resolver = Resolver(loop: context.loop) {
                ResolverSettings(servers: [.init(address: "127.0.0.1", port: port)], timeout: .seconds(20))
            }
            let discovery = DNSDiscovery(context.discovery, .init(names: [name], type: type, port: 7), resolver)
            box.discovery = discovery
            discovery.start { box.found = discovery.groups.flatMap(\.targets) }
        }
        _ = await world.until { box.isSet }
        return await world.loop.perform {
            box.discovery?.stop()
            return box.found
        }
    }

    /// Unchecked: touched on the loop; the flag under its lock.
    private final class Box: @unchecked Sendable {
        var discovery: DNSDiscovery?
        private let flag = Mutex(false)
        var isSet: Bool { flag.withLock { $0 } }
        var found: [Labels]? { didSet { flag.withLock { $0 = true } } }
    }

    /// On a port that nobody else has, below those that the kernel gives to clients.
    private func startExporter() async throws -> (Process, port: Int) {
        var failure: (any Error)?
        for _ in 0..<5 {
            let port = Int.random(in: 21_000..<32_000)
            let exporter = Process()
            exporter.executableURL = URL(fileURLWithPath: "/usr/bin/prometheus-node-exporter")
            exporter.arguments = ["--web.listen-address=127.0.0.1:\(port)"]
            do {
                try await exporter.start(untilItSays: "Listening on")
                return (exporter, port)
            } catch {
                failure = error
            }
        }
        throw failure ?? CocoaError(.executableLoad)
    }

    @Test func `node_exporter is scraped whole`() async throws {
        let (exporter, port) = try await startExporter()
        defer { kill(exporter.processIdentifier, SIGKILL) }
        try world.apply(
            """
            - job_name: node
              scrape_interval: 1s
              static_configs: [{targets: ['127.0.0.1:\(port)'], labels: {instance: i}}]
            """
        )
        #expect(await world.until { world.value("up{instance=\"i\", job=\"node\"}") == 1 })
        #expect(world.series.count > 200)
        #expect(world.value("node_memory_MemTotal_bytes{instance=\"i\", job=\"node\"}") ?? 0 > 0)
        let scraped = world.value("scrape_samples_scraped{instance=\"i\", job=\"node\"}")
        #expect(scraped == world.value("scrape_samples_post_metric_relabeling{instance=\"i\", job=\"node\"}"))
    }
}
