import Configuration
import HTTPServer
import JSON
import Metrics
import Synchronization
import Testing

@testable import Web

@Suite struct RoutingTests {
    @Test func `Unknown paths are answered with 404 and never with a page`() async throws {
        let room = Room()
        for path in ["/graph", "/api/v1/unknown", "/api/v1/query/", "/%2e%2e/x", "/config/v1/rules/test/test"] {
            let answer = await room.ask(path)
            #expect(answer.status == 404)
            #expect(try JSONValue(parsing: answer.body)["errorType"] == "not_found")
        }
    }

    @Test func `Other methods are told which ones there are`() async {
        let room = Room()
        let answer = await room.ask("DELETE", "/api/v1/query")
        #expect(answer.status == 405)
        #expect(answer.headers["Allow"] == "GET, HEAD, POST")
        #expect(await room.ask("GET", "/-/reload").headers["Allow"] == "POST, PUT")
        #expect(await room.ask("OPTIONS", "/api/v1/query").status == 405)
        #expect(await room.ask("HEAD", "/api/v1/labels").status == 200)
    }

    @Test func `Reloading and quitting`() async {
        let room = Room()
        let operating = HTTPServer.Peer.unix(user: 0, groups: [], process: 1)
        #expect(await room.ask("POST", "/-/reload", peer: operating).status == 200)
        room.desk.state.withLock { $0.reloadProblem = "medic.yml:3:1: no" }
        let failed = await room.ask("PUT", "/-/reload", peer: operating)
        #expect(failed.status == 500 && failed.text.contains("medic.yml:3:1: no"))
        #expect(await room.ask("POST", "/-/quit", peer: operating).status == 403)
        #expect(room.desk.state.withLock { $0.quits } == 0)
        var settings = WebSettings()
        settings.allowsQuit = true
        let allowing = Room(settings)
        #expect(await allowing.ask("POST", "/-/quit", peer: operating).status == 200)
        #expect(allowing.desk.state.withLock { $0.quits } == 1)
    }

    @Test func `Health is that of the worst part`() async throws {
        let room = Room()
        func health() async throws -> (Int, JSONValue?) {
            let answer = await room.ask("/health")
            return (answer.status, try JSONValue(parsing: answer.body)["status"])
        }
        #expect(try await health() == (200, "healthy"))
        room.desk.state.withLock {
            $0.checks = [.init(name: "bus", condition: .degraded, message: "slow", latency: .milliseconds(1_500))]
        }
        #expect(try await health() == (200, "degraded"))
        #expect(await room.ask("/health").text.contains(#""latencySeconds":1.5"#))
        room.desk.state.withLock { $0.checks += [.init(name: "disk", condition: .unhealthy, latency: .zero)] }
        #expect(try await health() == (503, "unhealthy"))
        #expect(await room.ask("/readyz").status == 200)
        room.desk.state.withLock { $0.isReady = false }
        #expect(await room.ask("/readyz").status == 503)
        #expect(await room.ask("/livez").status == 200)
    }

    @Test func `Metrics about medic are told in both formats`() async throws {
        let room = Room()
        _ = await room.ask("/livez")
        let plain = await room.ask("/metrics")
        #expect(plain.headers["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(plain.text.contains(##"medic_web_requests_total{code="200",handler="/livez"} 1"##))
        let open = await room.ask(
            "/metrics",
            headers: [("Host", "localhost"), ("Accept", "application/openmetrics-text;version=1.0.0,*/*;q=0.1")]
        )
        #expect(open.headers["Content-Type"]?.hasPrefix("application/openmetrics-text") == true)
        #expect(open.text.hasSuffix("# EOF\n"))
        for answer in [plain, open] {
            let format: ExpositionFormat = answer.text == plain.text ? .text : .openMetrics
            #expect(throws: Never.self) { try Exposition.families(answer.text, format: format) }
        }
        #expect(try MetricsLint.check(plain.body) == [])
    }

    @Test func `The build does not pass for another product`() async throws {
        let data = try JSONValue(parsing: await Room().ask("/api/v1/status/buildinfo").body)["data"]
        #expect(data?["features"] == nil)
        #expect(data?["version"] == "3.5.0")
        #expect(data?["revision"] == "medic 0.1.0")
    }
}
