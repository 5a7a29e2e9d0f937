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
        let collector = ProbeCollector(
            labels: { Labels([Label("job", "probe"), Label("instance", $0.target.text), Label("probe", $0.name)]) },
            client: client,
            store: store,
            instruments: Instruments(),
            log: log,
            landed: { _, _ in Bell.landed.ring() }
        )
        collector.apply(probes)
        await Bell.wait { holds(store) }
        try check(store)
        collector.stop()
        await loop.perform { client.stop() }
    }

    @Test func `A page over TLS is well, with its phases and the end of its certificate`() async throws {
        let certificates = try Certificates(days: 30)
        let server = try ServerProcess.awkward(["--tls", certificates.serverCertificate, certificates.serverKey])
        defer { server.stop() }
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
            #expect(store.value("probe_tls_version_info", ["version": "TLS 1.3"]) == 1)
        }
    }

    @Test func `What is expected of a page decides`() async throws {
        let server = try ServerProcess.awkward()
        defer { server.stop() }
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
        defer { server.stop() }
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
                // One that was answering when the server went has failed and has a status.
                && store.value("probe_http_status_code", ["probe": "page"]) == 0
        }
        try await run([page, open, shut], until: isSeen) { store in
            #expect(store.value("probe_http_duration_seconds", ["phase": "connect"]) == nil)
        }
    }

    @Test func `A name server is asked, and its answer decides`() async throws {
        let server = try ServerProcess("Tests/Conformance/name-server")
        defer { server.stop() }
        func question(_ name: String, _ query: String, _ change: (inout ProbeSettings.Question) -> Void)
            -> ProbeSettings
        {
            var probe = probe(name, .dns(host: "127.0.0.1", port: server.port))
            probe.question.name = query
            change(&probe.question)
            return probe
        }
        let probes = [
            question("one", "one.test") { $0.answers = [#"^127\.0\.0\.1$"#] },
            question("many", "many.test") { $0.refusedAnswer = "^192" },
            question("connected", "mail.test") {
                $0.type = .mx
                $0.usesConnection = true
                $0.answers = [#"5 mx\.test\."#]
            },
            question("refused", "one.test") { $0.refusedAnswer = "^127" },
            question("nothing", "nothing.test") { _ in },
            question("absent", "nothing.test") { $0.codes = [.noSuchName] },
            question("broken", "broken.test") { _ in },
        ]
        let isDone = { (store: SampleStore) in store.newest("probe_success").count == probes.count }
        try await run(probes, until: isDone) { store in
            let well = probes.filter { store.value("probe_success", ["probe": $0.name]) == 1 }.map(\.name)
            #expect(well == ["one", "many", "connected", "absent"])
            #expect(store.value("probe_dns_answer_rrs", ["probe": "many"]) == 100)
            #expect(store.value("probe_dns_query_succeeded", ["probe": "nothing"]) == 1)
            #expect(store.value("probe_failed_due_to_regex", ["probe": "refused"]) == 1)
            #expect((store.value("probe_dns_duration_seconds", ["probe": "one", "phase": "request"]) ?? 0) > 0)
            #expect(store.value("probe_dns_lookup_time_seconds", ["probe": "one"]) != nil)
            #expect(store.value("probe_ip_protocol", ["probe": "one"]) == 4)
        }
    }

    @Test func `A name server that is not there is no answer`() async throws {
        var probe = probe("silent", .dns(host: "127.0.0.1", port: 1))
        probe.question.name = "one.test"
        try await run([probe], until: { $0.value("probe_success") == 0 }) { store in
            #expect(store.value("probe_dns_query_succeeded") == 0)
            #expect(store.value("probe_dns_answer_rrs") == nil)
        }
    }

    @Test func `A handshake tells the version and the certificate, also of one that is not trusted`() async throws {
        let certificates = try Certificates(days: 30)
        let server = try ServerProcess.awkward(["--tls", certificates.serverCertificate, certificates.serverKey])
        defer { server.stop() }
        var trusted = probe("trusted", .tls(host: "127.0.0.1", port: server.port))
        trusted.tls.authorities = Secret(.file(certificates.authority))
        var older = trusted
        older.name = "older"
        older.tls.maximum = .tls12
        var named = trusted
        named.name = "named"
        named.tls.serverName = "other.test"
        let stranger = probe("stranger", .tls(host: "127.0.0.1", port: server.port))
        let plain = try ServerProcess.awkward()
        let speechless = probe("speechless", .tls(host: "127.0.0.1", port: plain.port))
        let probes = [trusted, older, named, stranger, speechless]
        let isDone = { (store: SampleStore) in store.newest("probe_success").count == probes.count }
        try await run(probes, until: isDone) { store in
            let well = probes.filter { store.value("probe_success", ["probe": $0.name]) == 1 }.map(\.name)
            #expect(well == ["trusted", "older"])
            #expect(store.value("probe_tls_version_info", ["probe": "trusted", "version": "TLS 1.3"]) == 1)
            #expect(store.value("probe_tls_version_info", ["probe": "older", "version": "TLS 1.2"]) == 1)
            for name in ["trusted", "named", "stranger"] {
                let days =
                    ((store.value("probe_ssl_earliest_cert_expiry", ["probe": name]) ?? 0)
                        - Date().timeIntervalSince1970)
                    / 86_400
                #expect(days > 28 && days < 32, "\(name)")
                #expect(store.value("probe_tls_chain_verified", ["probe": name]) == (name == "trusted" ? 1 : 0))
            }
            let shown = store.newest("probe_ssl_last_chain_info", ["probe": "trusted"]).keys.first
            #expect(shown?["subjectalternative"] == "localhost,api.test")
            #expect(shown?["fingerprint_sha256"]?.count == 64)
            #expect(store.value("probe_ssl_earliest_cert_expiry", ["probe": "speechless"]) == nil)
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func `A host that answers pings is well, and one that cannot be found is not`()
        async throws
    {
        var near = probe("near", .icmp(host: "localhost"))
        near.ping.version = 4
        let far = probe("far", .icmp(host: "nothing.invalid"))
        let isDone = { (store: SampleStore) in
            store.value("probe_success", ["probe": "near"]) == 1 && store.value("probe_success", ["probe": "far"]) == 0
        }
        try await run([near, far], until: isDone) { store in
            #expect((store.value("probe_icmp_duration_seconds", ["probe": "near", "phase": "rtt"]) ?? 0) > 0)
            #expect(store.value("probe_icmp_permitted", ["probe": "near"]) == 1)
            #expect(store.value("probe_ip_protocol", ["probe": "near"]) == 4)
        }
    }

    @Test func `A change of one probe leaves the others alone`() async throws {
        let server = try ServerProcess.awkward()
        defer { server.stop() }
        let loop = try EventLoop(named: "probe-test")
        loop.start()
        defer { loop.stop() }
        let store = SampleStore()
        let log = Logger(.discarding(), component: "test")
        let client = HTTPClient(loop: loop, log: log, instruments: Instruments())
        let collector = ProbeCollector(
            labels: { Labels([Label("probe", $0.name), Label("instance", $0.target.text)]) },
            client: client,
            store: store,
            instruments: Instruments(),
            log: log,
            landed: { _, _ in Bell.landed.ring() }
        )
        var kept = probe("kept", .tcp(host: "127.0.0.1", port: server.port))
        kept.basics.interval = .seconds(2)
        let former = probe("other", .tcp(host: "127.0.0.1", port: server.port))
        var changed = former
        changed.target = .tcp(host: "127.0.0.1", port: 1)
        collector.apply([kept, former])
        await Bell.wait {
            store.newest("probe_success").values.allSatisfy { $0 == 1 } && store.newest("probe_success").count == 2
        }
        collector.apply([changed, kept])
        await loop.perform {}
        // The one that stays has no mark of an end, the one that was replaced has.
        #expect(store.value("probe_success", ["probe": "kept"]) == 1)
        #expect(
            store.newest("probe_success", ["instance": former.target.text, "probe": "other"]).values.allSatisfy {
                $0.isStaleMarker
            }
        )
        await Bell.wait { store.value("probe_success", ["probe": "other", "instance": changed.target.text]) == 0 }
        #expect(store.value("probe_success", ["probe": "kept"]) == 1)
        collector.apply([kept])
        await loop.perform {}
        #expect(store.value("probe_success", ["probe": "other"]) == nil)
        #expect(collector.conditions.map(\.name) == ["probe kept"])
        collector.stop()
        await loop.perform { client.stop() }
    }
}
