import Diagnostics
import JSON
import Testing

@testable import Agent

@Suite(.serialized) struct DatasourceTests {
    // The word "test", as bcrypt has it.
    private static let users = """
        basic_auth_users:
          medic: $2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay
        """

    private static func files(_ port: Int) -> [String: String] {
        [
            "medic.yml": """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [rules.yml]
            collectors: {}
            log: {level: error}
            datasources:
              - name: central
                url: http://127.0.0.1:\(port)/
                timeout: 2s
                basic_auth: {username: medic, password: test}
            """,
            "rules.yml": """
            groups:
              - name: elsewhere
                interval: 1s
                datasource: central
                rules:
                  - {record: "central:up", expr: 'up{job="self"}'}
                  - alert: SeenElsewhere
                    expr: last_over_time(up{job="self"}[4s]) == 1
                    labels: {severity: page}
                  - {alert: Unknown, expr: vector(1), annotations: {value: "{{ $value }}"}}
            """,
        ]
    }

    private static let scraping = """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: self
            basic_auth: {username: medic, password: test}
            static_configs: [{targets: ["127.0.0.1:PORT"]}]
        """

    private static func alerts(_ data: JSONValue) -> [String] {
        (data["alerts"]?.array ?? []).filter { $0["state"]?.string == "firing" }
            .compactMap { $0["labels"]?["alertname"]?.string }.sorted()
    }

    @Test func `A group is asked of a real Prometheus, and what it does not answer resolves nothing`() async throws {
        let peer = try RealServer.prometheus(
            Self.scraping,
            ["--web.config.file=FOLDER/web.yml"],
            ["web.yml": Self.users]
        )
        let live = try LiveAgent(Self.files(peer.port))
        let firing = ["SeenElsewhere", "Unknown"]
        #expect(try await live.wait("/api/v1/alerts") { Self.alerts($0) == firing } != nil)
        // What is recorded is kept here.
        let recorded = try await live.get("/api/v1/query?query=central:up%7Bjob=%22self%22%7D").data["result"]?.array
        #expect(recorded?.count == 1)

        peer.end()
        let ill = try await live.wait("/api/v1/rules") { rules in
            let all = rules["groups"]?.array?.first?["rules"]?.array ?? []
            return all.count == 3 && all.allSatisfy { $0["health"]?.string == "err" }
        }
        let error = ill?["groups"]?.array?.first?["rules"]?.array?.first?["lastError"]?.string ?? ""
        #expect(error.hasPrefix("the datasource does not answer: central: "), "\(error)")
        #expect(Self.alerts(try await live.get("/api/v1/alerts").data) == firing)
        let up = try await live.wait("/api/v1/query?query=medic_datasource_up") { data in
            data["result"]?.array?.first?["value"]?.array?.last?.string == "0"
        }
        #expect(up?["result"]?.array?.first?["metric"]?["datasource"]?.string == "central")

        // It is back and knows the target no more: now it is over.
        try peer.write("global: {scrape_interval: 1s}\n", to: "prometheus.yml")
        try peer.begin()
        #expect(try await live.wait("/api/v1/alerts") { Self.alerts($0) == ["Unknown"] } != nil)
        peer.end()
        await live.end()
    }

    @Test func `A name that nobody has is refused where it stands, and near ones are offered`() throws {
        let folder = try LiveAgentFiles(
            Self.files(1).mapValues { $0.replacing("datasource: central", with: "datasource: centrl") }
        )
        let diagnostics = ConfigurationLoader(path: folder.path("medic.yml")).check()
        #expect(diagnostics.map(\.code) == ["rules/unknown-datasource"])
        #expect(diagnostics.first?.help == "did you mean 'central'?")
        #expect(diagnostics.first?.start.line == 4)
    }

    @Test func `A datasource cannot tell when something changes, and an address has no credentials`() throws {
        var files = Self.files(1)
        files["rules.yml"] = """
            groups:
              - {name: a, evaluate: on_change, datasource: central, rules: []}
              - {name: b, datasource: "http://medic:secret@127.0.0.1:9090", rules: []}
              - {name: c, datasource: "http://127.0.0.1:9090/prometheus", rules: []}
            """
        let folder = try LiveAgentFiles(files)
        let diagnostics = ConfigurationLoader(path: folder.path("medic.yml")).check()
        #expect(diagnostics.map(\.code) == ["rules/nothing-changes", "yaml/bad-value"])
        #expect(diagnostics.last?.help == "credentials belong into 'datasources' of the configuration")
    }
}
