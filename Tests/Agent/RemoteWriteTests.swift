import Foundation
import JSON
import TestServers
import Testing

@testable import Agent

@Suite(.serialized) struct RemoteWriteTests {
    private static let name = "medic_rules_evaluations_total"

    private static func files(_ port: Int) -> [String: String] {
        [
            "medic.yml": """
            global: {scrape_interval: 1s, evaluation_interval: 1s, external_labels: {host: h1}}
            rule_files: [rules.yml]
            collectors: {}
            log: {level: error}
            remote_write:
              - url: http://127.0.0.1:\(port)/api/v1/write
                name: central
                queue_config: {batch_send_deadline: 500ms, max_samples_per_send: 7}
                write_relabel_configs:
                  - {source_labels: [__name__], regex: "\(name)|ALERTS", action: keep}
                  - {target_label: written, replacement: "yes"}
            """,
            "rules.yml": """
            groups:
              - name: a
                interval: 1s
                rules:
                  - {alert: Passing, expr: \(name) < 12}
            """,
        ]
    }

    /// Times and values of the one series, of a server's answer to a query for all samples.
    private static func samples(_ data: JSONValue?) -> [Double: String] {
        let pairs = data?["result"]?.array?.first?["values"]?.array ?? []
        return Dictionary(
            pairs.compactMap { pair in
                guard let time = pair.array?.first?.double, let value = pair.array?.last?.string else { return nil }
                return (time, value)
            }
        ) { first, _ in first }
    }

    private static func written(_ peer: RealServer) async -> [Double: String] {
        samples(await peer.get("/api/v1/query", [("query", "\(name){host=\"h1\",written=\"yes\"}[10m]")])["data"])
    }

    @Test func `A real Prometheus gets the same samples, through its restart and the agent's`() async throws {
        let peer = try RealServer.prometheus("global: {}\n", ["--web.enable-remote-write-receiver"])
        let live = try LiveAgent(Self.files(peer.port))
        #expect(await eventually { await Self.written(peer).count >= 3 })
        let firing = await peer.query("ALERTS{alertstate=\"firing\"}")
        #expect(firing.first?["metric"]?["alertname"]?.string == "Passing")

        peer.end()
        let retried = try await live.wait("/api/v1/query?query=medic_remote_write_retries_total") { data in
            Double(data["result"]?.array?.first?["value"]?.array?.last?.string ?? "") ?? 0 > 1
        }
        #expect(retried != nil)
        try peer.begin()
        let before = await eventually { await Self.written(peer).count >= 8 }
        #expect(before)

        // A marker ended the series of the alert: without one it would be seen for five minutes.
        #expect(await eventually { await peer.query("ALERTS").isEmpty })

        // Every sample that the agent has arrived, and no other. The newest may be on their way.
        let query = "/api/v1/query?query=\(Self.name)%5B10m%5D"
        let own = Self.samples(try await live.get(query).data)
        let there = await Self.written(peer)
        let (from, to) = (there.keys.min() ?? 0, there.keys.max() ?? 0)
        let expected = own.filter { $0.key >= from && $0.key <= to }
        #expect(expected.count >= 8)
        #expect(there == expected)
        try await live.restart { _ in }
        let count = await Self.written(peer).count
        #expect(await eventually { await Self.written(peer).count >= count + 4 })
        let kept = Self.samples(try await live.get(query).data)
        #expect(there.allSatisfy { kept[$0.key] == $0.value }, "before \(there), after \(kept)")

        let dropped = try await live.wait("/api/v1/query?query=medic_remote_write_samples_dropped_total") { data in
            data["result"]?.array?.isEmpty == false
        }
        #expect(dropped?["result"]?.array?.first?["value"]?.array?.last?.string == "0")
        await live.end()
        peer.end()
    }

    @Test func `What a server refuses for good is dropped and counted, and the next is sent`() async throws {
        // A Prometheus that takes no samples answers 404.
        let peer = try RealServer.prometheus("global: {}\n")
        let live = try LiveAgent(Self.files(peer.port))
        let dropped = try await live.wait("/api/v1/query?query=medic_remote_write_samples_dropped_total") { data in
            Double(data["result"]?.array?.first?["value"]?.array?.last?.string ?? "") ?? 0 > 2
        }
        #expect(dropped != nil)
        await live.end()
        peer.end()
    }
}
