import Collectors
import Configuration
import EventLoop
import Foundation
import HTTPClient
import HTTPSettings
import Instruments
import Logging
import Metrics
import Secrets
import Storage
import TestServers
import Testing

@Suite struct ProbeCollectorTests {
    private func probe(_ name: String, _ target: ProbeSettings.Target) -> ProbeSettings {
        var probe = ProbeSettings(name: name, target: target)
        probe.basics.interval = Milliseconds(200)
        return probe
    }

    /// Runs probes until something holds of what they wrote.
    private func run(
        _ probes: [ProbeSettings],
        until holds: (SampleStore) -> Bool,
        check: (SampleStore) throws -> Void = { _ in }
    ) async throws {
        let loop = try EventLoop(named: "probe-test")
        loop.start()
        defer { loop.stop() }
        let store = SampleStore()
        let log = Logger(.discarding(), component: "test")
        let client = HTTPClient(loop: loop, log: log, instruments: Instruments())
        let collector = try ProbeCollector(
            probes,
            labels: { Labels([Label("job", "probe"), Label("instance", $0.target.text), Label("probe", $0.name)]) },
            client: client,
            store: store,
            instruments: Instruments(),
            log: log,
            landed: { _, _ in }
        )
        collector.start()
        let deadline = MonotonicInstant.now + .seconds(20)
        while !holds(store), MonotonicInstant.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(holds(store))
        try check(store)
        collector.stop()
        await loop.perform { client.stop() }
    }

    @Test func `A page over TLS is well, with its phases and the end of its certificate`() async throws {
        let certificates = try Certificates(days: 30)
        let server = try ServerProcess.awkward(["--tls", certificates.serverCertificate, certificates.serverKey])
        var page = probe("page", .http(server.url("/echo", scheme: "https")))
        page.page.client.tls.authorities = Secret(.file(certificates.authority))
        page.page.client.usesHTTP2 = false
        let instance = ["instance": page.target.text, "probe": "page"]
        try await run([page], until: { $0.value("probe_success", instance) == 1 }) { store in
            #expect(store.value("probe_http_status_code", instance) == 200)
            #expect(store.newest("probe_http_duration_seconds").count == 5)
            #expect((store.value("probe_http_duration_seconds", ["phase": "tls"]) ?? 0) > 0)
            #expect((store.value("probe_duration_seconds") ?? 0) > 0)
            #expect(store.value("probe_dns_lookup_time_seconds") != nil)
            #expect(store.value("probe_http_ssl") == 1)
            #expect(store.value("probe_ip_protocol") == 4)
            let expiry = try #require(store.value("probe_ssl_earliest_cert_expiry"))
            let days = (expiry - Date().timeIntervalSince1970) / 86_400
            #expect(days > 28 && days < 32)
        }
    }

    @Test func `What is expected of a page decides`() async throws {
        let server = try ServerProcess.awkward()
        let plain = probe("plain", .http(server.url("/status/404")))
        var expecting = probe("expecting", .http(server.url("/status/404")))
        expecting.page.statuses = [404]
        expecting.page.body = "^no"
        var refusing = expecting
        refusing.name = "refusing"
        refusing.page.refusedBody = "n[o]"
        let isDone = { (store: SampleStore) in store.newest("probe_success").count == 3 }
        try await run([plain, expecting, refusing], until: isDone) { store in
            #expect(store.value("probe_success", ["probe": "plain"]) == 0)
            #expect(store.value("probe_http_status_code", ["probe": "plain"]) == 404)
            #expect(store.value("probe_success", ["probe": "expecting"]) == 1)
            #expect(store.value("probe_success", ["probe": "refusing"]) == 0)
            #expect(store.value("probe_failed_due_to_regex", ["probe": "refusing"]) == 1)
            #expect(store.value("probe_http_ssl", ["probe": "plain"]) == 0)
        }
    }

    @Test func `A port that is open is well, and one that is not is not; a server that goes is seen`() async throws {
        let server = try ServerProcess.awkward()
        let page = probe("page", .http(server.url("/status/200")))
        let open = probe("open", .tcp(host: "127.0.0.1", port: server.port))
        let shut = probe("shut", .tcp(host: "127.0.0.1", port: 1))
        let isDone = { (store: SampleStore) in
            store.value("probe_success", ["probe": "open"]) == 1 && store.value("probe_success", ["probe": "shut"]) == 0
                && store.value("probe_success", ["probe": "page"]) == 1
        }
        var isStopped = false
        let isSeen = { (store: SampleStore) in
            if !isStopped, isDone(store) {
                server.stop()
                isStopped = true
            }
            return isStopped && store.value("probe_success", ["probe": "open"]) == 0
                && store.value("probe_success", ["probe": "page"]) == 0
        }
        try await run([page, open, shut], until: isSeen) { store in
            #expect(store.value("probe_http_status_code", ["probe": "page"]) == 0)
            #expect(store.value("probe_http_duration_seconds", ["phase": "connect"]) == nil)
        }
    }
}
