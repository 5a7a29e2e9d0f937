import Foundation
import JSON
import Testing

@testable import Agent

@Suite struct ReferencedTests {
    private static func rules(_ expression: String) -> String {
        """
        groups:
          - name: a
            rules:
              - alert: Some
                expr: \(expression)
                annotations: {text: '{{ with query "asked_total" }}{{ . | first | value }}{{ end }}'}
        """
    }

    private static let scraped = "/api/v1/query?query=%7Bjob=%22a%22,__name__=~%22.*_total%22%7D"

    private static func names(_ data: JSONValue) -> Set<String> {
        Set((data["result"]?.array ?? []).compactMap { $0["metric"]?["__name__"]?.string })
    }

    @Test func `Of what is scraped only the metrics are kept that somebody names, and others after a reload`()
        async throws
    {
        let metrics = ["wanted", "unwanted", "asked", "family_one", "family_two"]
            .map { "\($0)_total 1\n" }.joined()
        let target = try RealServer("/usr/bin/python3", ["metrics": metrics]) {
            ["-m", "http.server", "--bind", "127.0.0.1", "--directory", $0, "\($1)"]
        }
        let live = try LiveAgent([
            "medic.yml": """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [rules.yml]
            collectors: {}
            log: {level: error}
            storage: {keep: referenced}
            scrape_configs:
              - job_name: a
                fallback_scrape_protocol: PrometheusText0.0.4
                static_configs: [{targets: ["127.0.0.1:\(target.port)"]}]
            """,
            "rules.yml": Self.rules("wanted_total > 0 or {__name__=~\"family_.*\", job=\"a\"} > 5"),
        ])
        let kept: Set = ["wanted_total", "asked_total", "family_one_total", "family_two_total"]
        #expect(try await live.wait(Self.scraped) { Self.names($0) == kept } != nil)
        // Whether it is up is known of every target.
        #expect(try await live.get("/api/v1/query?query=up").data["result"]?.array?.count == 1)

        try Self.rules("unwanted_total > 0").write(
            toFile: live.folder + "/rules.yml",
            atomically: true,
            encoding: .utf8
        )
        #expect(try await live.post("/-/reload").status == 200)
        let later = try await live.wait(Self.scraped) { Self.names($0) == ["unwanted_total", "asked_total"] }
        #expect(later != nil)
        await live.end()
        target.end()
    }
}
