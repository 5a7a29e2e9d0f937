import Foundation
import JSON
import TestServers
import Testing

@testable import Agent

@Suite(.serialized) struct ForwardingTests {
    private static let users = """
        basic_auth_users:
          medic: $2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay
        """

    private static func alertmanager() throws -> RealServer {
        let files = [
            "web.yml": users,
            "alertmanager.yml": "route: {receiver: none, group_wait: 1s}\nreceivers: [{name: none}]\n",
        ]
        return try RealServer("/usr/bin/prometheus-alertmanager", files) { folder, port in
            [
                "--config.file=\(folder)/alertmanager.yml", "--storage.path=\(folder)/data", "--log.level=error",
                "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=", "--web.route-prefix=/am",
                "--web.config.file=\(folder)/web.yml",
            ]
        }
    }

    /// The labels of the alerts that it has as active.
    private static func active(_ peer: RealServer) async -> [JSONValue] {
        await peer.get("/am/api/v2/alerts", user: "medic:test").array ?? []
    }

    @Test func `Real Alertmanagers that are found by file and by HTTP hear of alerts and of their ends`() async throws {
        let (first, second) = (try Self.alertmanager(), try Self.alertmanager())
        let lists = try RealServer("/usr/bin/python3", ["list.json": "[{\"targets\": [\"127.0.0.1:\(second.port)\"]}]"])
        {
            ["-m", "http.server", "--bind", "127.0.0.1", "--directory", $0, "\($1)"]
        }
        let live = try LiveAgent([
            "medic.yml": """
            global: {scrape_interval: 1s, evaluation_interval: 1s, external_labels: {host: h1, replica: a}}
            rule_files: [rules.yml]
            collectors: {}
            log: {level: error}
            alerting:
              alert_relabel_configs: [{action: labeldrop, regex: replica}]
              alertmanagers:
                - path_prefix: /am/
                  basic_auth: {username: medic, password: test}
                  file_sd_configs: [{files: [found.yml]}]
                  http_sd_configs: [{url: "http://127.0.0.1:\(lists.port)/list.json", refresh_interval: 1s}]
                  relabel_configs:
                    - {source_labels: [unwanted], regex: "yes", action: drop}
            """,
            "found.yml": "[]\n",
            "rules.yml": """
            groups:
              - name: a
                interval: 1s
                rules:
                  - alert: Passing
                    expr: medic_rules_evaluations_total >= 0 unless on() count(ended) > 0
                    annotations: {summary: "a text with \\"quotes\\" and \u{fc}mlauts"}
                  - {record: ended, expr: absent(begun) * 0 + scalar(medic_rules_evaluations_total) > 20}
            """,
        ])
        #expect(await eventually { await !Self.active(second).isEmpty })
        let alert = await Self.active(second).first
        #expect(alert?["labels"]?["alertname"]?.string == "Passing")
        #expect(alert?["labels"]?["host"]?.string == "h1")
        #expect(alert?["labels"]?["replica"] == nil)
        #expect(alert?["annotations"]?["summary"]?.string == "a text with \"quotes\" and \u{fc}mlauts")
        #expect(await Self.active(first).isEmpty)

        // Another one is found while the agent runs, and one that relabelling takes out.
        let found = """
            - {targets: ["127.0.0.1:\(first.port)"]}
            - {targets: ["127.0.0.1:1"], labels: {unwanted: "yes"}}
            """
        try found.write(toFile: live.folder + "/found.yml", atomically: true, encoding: .utf8)
        let both = [first, second].map { "http://127.0.0.1:\($0.port)/am/api/v2/alerts" }.sorted()
        let told = try await live.wait("/api/v1/alertmanagers") { data in
            (data["activeAlertmanagers"]?.array ?? []).compactMap { $0["url"]?.string } == both
        }
        #expect(told?["droppedAlertmanagers"]?.array?.first?["url"]?.string == "http://127.0.0.1:1/am/api/v2/alerts")

        // It ends ten seconds after it began. One that nobody ends is over after minutes: that it is gone now means that its end was told.
        #expect(await eventually { await Self.active(second).isEmpty })
        await live.end()
        for server in [first, second, lists] { server.end() }
    }
}
