import Foundation
import JSON
import Testing

@testable import Agent

/// `storage: {keep: referenced}` over real scrapes.
@Suite struct ReferencedTests {
    private static func rules(_ expression: String) -> String {
        """
        groups:
          - name: a
            rules:
              - alert: Some
                expr: \(expression)
                annotations: {text: '{{ with query "{\\"asked.by.text\\"}" }}{{ . | first | value }}{{ end }}'}
        """
    }

    private static let playbooks = """
        playbooks:
          - name: restart
            summary: Restarts the service
            mode: observe
            subject: [instance]
            when: [{matchers: ['alertname="Some"']}]
            vars: {metric: by_variable_total}
            guards: {require: ['guarded_total > 0']}
            steps:
              - wait.for: {expr: '{__name__=~"waited_.+", instance="{{ .Labels.instance }}"} > 0', within: 1m}
              - if: conditional_total > 0
                systemd.restart: {unit: api.service}
            verify: {expr: 'verified_total{instance="{{ .Labels.instance }}"} == 1', every: 1m, healthy: 2, within: 20m}
        """

    private static let template = #"{{ define "a" }}{{ .Labels.from_template_total }}{{ end }}"#

    private static func configuration(_ port: Int) -> String {
        """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [rules.yml]
        playbook_files: [playbooks.yml]
        templates: [texts.tmpl]
        collectors: {}
        log: {level: error}
        storage: {keep: referenced}
        scrape_configs:
          - job_name: a
            fallback_scrape_protocol: OpenMetricsText1.0.0
            static_configs: [{targets: ["127.0.0.1:\(port)"]}]
        """
    }

    private static let exposed = [
        "wanted_total", "unwanted_total", "unread_total", "family_one_total", "family_two_total", "guarded_total",
        "waited_here_total", "conditional_total", "verified_total", "by_variable_total", "from_template_total",
        "medic_of_another_total",
    ]

    private static func names(_ data: JSONValue) -> Set<String> {
        Set((data["result"]?.array ?? []).compactMap { $0["metric"]?["__name__"]?.string })
    }

    private static func number(_ data: JSONValue) -> Double {
        Double(data["result"]?.array?.first?["value"]?.array?.last?.string ?? "") ?? -1
    }

    @Test func `Of what is scraped only the metrics are kept that somebody reads, and others after a reload`()
        async throws
    {
        let lines = Self.exposed.map { "# TYPE \($0.dropLast(6)) counter\n\($0) 1\n" }
        let metrics = lines.joined() + "{\"asked.by.text\"} 1\n{\"unasked.by.text\"} 1\n# EOF\n"
        let target = try RealServer("/usr/bin/python3", ["metrics": metrics]) {
            ["-m", "http.server", "--bind", "127.0.0.1", "--directory", $0, "\($1)"]
        }
        let live = try LiveAgent([
            "medic.yml": Self.configuration(target.port),
            "rules.yml": Self.rules("wanted_total > 0 or {__name__=~\"family_.*\", job=\"a\"} > 5"),
            "playbooks.yml": Self.playbooks,
            "texts.tmpl": Self.template,
        ])
        let scraped = "/api/v1/query?query=%7Bjob=%22a%22%7D"
        let own: Set = [
            "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling",
            "scrape_series_added", "ALERTS", "ALERTS_FOR_STATE",
        ]
        let kept = Set(Self.exposed).subtracting(["unwanted_total", "unread_total"]).union(["asked.by.text"])
        let first = try await live.wait(scraped) { Self.names($0).subtracting(own) == kept }
        let present = Self.names(try await live.get(scraped).data).subtracting(own)
        #expect(first != nil, "\(present.symmetricDifference(kept))")
        // Whether it is up, and how much it says, is known of every target.
        #expect(Self.number(try await live.get("/api/v1/query?query=up%7Bjob=%22a%22%7D").data) == 1)
        let count = try await live.get("/api/v1/query?query=scrape_samples_scraped%7Bjob=%22a%22%7D").data
        #expect(Self.number(count) == Double(Self.exposed.count + 2))
        let skipped = "/api/v1/query?query=medic_scraping_dropped_samples_total"
        #expect(try await live.wait(skipped) { Self.number($0) >= 3 } != nil)

        let change = live.folder + "/rules.yml"
        try Self.rules("unwanted_total > 0").write(toFile: change, atomically: true, encoding: .utf8)
        #expect(try await live.post("/-/reload").status == 200)
        let later = kept.subtracting(["wanted_total", "family_one_total", "family_two_total"]).union(["unwanted_total"])
        #expect(try await live.wait(scraped) { Self.names($0).subtracting(own) == later } != nil)
        // Nothing was scraped twice or left out for it.
        let resets =
            "/api/v1/query?query=count_over_time(up%7Bjob=%22a%22%7D%5B1h%5D)%20-%20sum_over_time(up%7Bjob=%22a%22%7D%5B1h%5D)"
        #expect(Self.number(try await live.get(resets).data) <= 1)

        // Without the setting everything is.
        let whole = Self.configuration(target.port).replacing("keep: referenced", with: "keep: all")
        try whole.write(toFile: live.folder + "/medic.yml", atomically: true, encoding: .utf8)
        #expect(try await live.post("/-/reload").status == 200)
        #expect(try await live.wait(scraped) { Self.names($0).isSuperset(of: Self.exposed) } != nil)
        await live.end()
        target.end()
    }
}
