import Collectors
import Configuration
import EventLoop
import Foundation
import HTTPClient
import Instruments
import Logging
import Metrics
import Storage
import Testing

/// medic and the real node_exporter look at the same machine.
@Suite struct HostCollectorTests {
    private static let exporter = "/usr/bin/prometheus-node-exporter"
    private static let defaults = HostCollectorSettings()

    /// What medic takes of what the other tells.
    private static func isTaken(_ labels: Labels) -> Bool {
        let name = labels[Labels.metricName] ?? ""
        let exact: Set = [
            "node_intr_total", "node_context_switches_total", "node_boot_time_seconds", "node_forks_total",
            "node_procs_running", "node_procs_blocked", "node_time_seconds", "node_uname_info",
            "node_time_zone_offset_seconds", "node_cpu_seconds_total", "node_cpu_guest_seconds_total",
        ]
        if exact.contains(name) { return true }
        let others: Set = [
            // These come from other places than the rest, of which there is more than medic takes.
            "node_disk_info", "node_network_receive_nohandler_total", "node_network_transmit_queue_length",
        ]
        let beginnings = [
            "node_disk_", "node_entropy_", "node_filefd_", "node_filesystem_", "node_load", "node_memory_",
            "node_network_receive_", "node_network_transmit_", "node_pressure_", "node_timex_", "node_vmstat_",
        ]
        return !others.contains(name) && beginnings.contains { name.hasPrefix($0) }
    }

    private static func parse(_ text: String) -> [Labels: Double] {
        var values: [Labels: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let gap = line.lastIndex(of: " "), let value = Double(line[line.index(after: gap)...]) else {
                continue
            }
            let series = line[..<gap]
            var labels = [Label(Labels.metricName, String(series.prefix { $0 != "{" }))]
            for pair in series.drop(while: { $0 != "{" }).dropFirst().dropLast().split(separator: "\",") {
                let halves = pair.split(separator: "=", maxSplits: 1)
                let text = halves.count == 2 ? halves[1].filter { $0 != "\"" } : ""
                if !text.isEmpty { labels.append(Label(String(halves[0]), text)) }
            }
            values[Labels(labels)] = value
        }
        return values
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: exporter), "no node_exporter here"))
    func `Names, labels and values are those of node_exporter`() async throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.exporter)
        // The defaults of the project; distributions have others.
        process.arguments = [
            "--web.listen-address=127.0.0.1:0", "--collector.netdev.device-exclude=",
            "--collector.filesystem.mount-points-exclude=\(Self.defaults.excludedMountPoints)",
        ]
        process.standardError = output
        try process.run()
        // Not by a signal that the threads of tests may have blocked.
        defer { kill(process.processIdentifier, SIGKILL) }
        var log = ""
        var address: String?
        while address == nil {
            let piece = output.fileHandleForReading.availableData
            try #require(!piece.isEmpty, "\(log)")
            log += String(decoding: piece, as: UTF8.self)
            let line = log.split(separator: "\n").first { $0.contains("Listening on") && $0.contains("address=") }
            address = line?.split(separator: " ").first { $0.hasPrefix("address=") }.map { String($0.dropFirst(8)) }
        }
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }

        let loop = try EventLoop(named: "host-test")
        loop.start()
        defer { loop.stop() }
        let store = SampleStore()
        let collector = try Self.collector(Self.defaults, loop, store)
        collector.start()
        let client = HTTPClient(loop: loop, log: Logger(.discarding(), component: "test"), instruments: Instruments())
        let url = "http://\(try #require(address))/metrics"
        let answer = try await client.send(HTTPRequest("GET", url))
        let theirs = Self.parse(String(decoding: answer.body, as: UTF8.self)).filter { Self.isTaken($0.key) }
        await Bell.wait { store.value("node_filesystem_size_bytes", ["mountpoint": "/"]) != nil }
        try Self.compare(theirs, store)
        collector.stop()
        await loop.perform { client.stop() }
    }

    private static func compare(_ theirs: [Labels: Double], _ store: SampleStore) throws {
        try #require(theirs.count > 100)
        var ours: [Labels: Double] = [:]
        for name in Set(theirs.keys.compactMap { $0[Labels.metricName] }) {
            let series = store.newest(name)
            #expect(!series.isEmpty, "\(name) is missing")
            for (labels, value) in series {
                var builder = LabelsBuilder(labels)
                builder.remove("job")
                builder.remove("instance")
                ours[builder.build()] = value
            }
        }
        let missing = Set(theirs.keys).subtracting(ours.keys)
        let extra = Set(ours.keys).subtracting(theirs.keys)
        #expect(missing.isEmpty, "\(missing)")
        #expect(extra.isEmpty, "\(extra)")
        for (labels, value) in theirs {
            guard let own = ours[labels], let name = labels[Labels.metricName] else { continue }
            #expect(abs(own - value) <= tolerance(name, value), "\(labels): \(own), theirs \(value)")
        }
    }

    /// How far apart two looks at the same number may be that are a moment apart.
    private static func tolerance(_ name: String, _ value: Double) -> Double {
        let still: Set = [
            "node_boot_time_seconds", "node_filefd_maximum", "node_filesystem_size_bytes", "node_filesystem_readonly",
            "node_filesystem_device_error", "node_memory_MemTotal_bytes", "node_memory_SwapTotal_bytes",
            "node_uname_info", "node_timex_tick_seconds", "node_timex_status", "node_timex_sync_status",
            "node_entropy_pool_size_bits", "node_time_zone_offset_seconds",
        ]
        if still.contains(name) { return 0 }
        if name == "node_time_seconds" || name.hasPrefix("node_cpu_") { return 60 }
        let slow = [
            "node_filesystem_", "node_disk_read_bytes", "node_forks", "node_intr", "node_timex_", "node_pressure_",
        ]
        return slow.contains { name.hasPrefix($0) } ? abs(value) * 0.1 + 60 : .infinity
    }

    private static func collector(
        _ settings: HostCollectorSettings,
        _ loop: EventLoop,
        _ store: SampleStore,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void = { _, _ in Bell.landed.ring() }
    ) throws -> HostCollector {
        try HostCollector(
            settings,
            labels: settings.basics.commonLabels(job: "node", instance: "ward"),
            loop: loop,
            store: store,
            instruments: Instruments(),
            log: Logger(.discarding(), component: "test"),
            landed: landed
        )
    }

    @Test func `Only the parts that are wanted are read, at each interval, and all ends with the collector`()
        async throws
    {
        let loop = try EventLoop(named: "host-test")
        loop.start()
        defer { loop.stop() }
        let store = SampleStore()
        var settings = Self.defaults
        settings.basics.interval = Milliseconds(100)
        settings.parts = [.loadavg, .time]
        let collector = try Self.collector(settings, loop, store)
        collector.start()
        await Bell.wait { store.value("node_time_seconds") != nil }
        let first = try #require(store.value("node_time_seconds"))
        await Bell.wait { (store.value("node_time_seconds") ?? 0) > first }
        #expect(store.value("node_load1", ["job": "node", "instance": "ward"]) != nil)
        #expect(store.value("up") == 1)
        #expect(store.value("node_scrape_collector_success", ["collector": "loadavg"]) == 1)
        #expect(store.newest("node_cpu_seconds_total").isEmpty)
        #expect(store.newest("node_filesystem_size_bytes").isEmpty)
        collector.stop()
        await loop.perform {}
        #expect(store.value("up") == nil)
    }
}
