import Foundation
import Metrics
import Scraping
import TestServers
import Testing

/// What a scrape brings, from a real server.
@Suite struct `A scrape` {
    let world: ScrapeWorld
    let server: ServerProcess
    let folder: TemporaryFolder

    init() throws {
        world = try ScrapeWorld()
        server = try ServerProcess.awkward()
        folder = try TemporaryFolder()
    }

    private var address: String { "127.0.0.1:\(server.port)" }

    /// A job that scrapes a file, which can be changed.
    private func job(_ more: String = "", interval: String = "400ms", type: String = "text/plain") -> String {
        """
        - job_name: j
          scrape_interval: \(interval)
          metrics_path: /file
          params: {path: ['\(folder.path("m"))'], type: ['\(type)']}
          static_configs: [{targets: ['\(address)'], labels: {instance: i}}]
          \(more.replacing("\n", with: "\n  "))
        """
    }

    private func path(_ path: String, _ more: String = "") -> String {
        """
        - job_name: j
          scrape_interval: 300ms
          metrics_path: \(path)
          static_configs: [{targets: ['\(address)'], labels: {instance: i}}]
          \(more.replacing("\n", with: "\n  "))
        """
    }

    @Test func `Samples are stored with the target's labels, and so is how it went`() async throws {
        try folder.write("# TYPE a counter\na 1\nb{c=\"d\"} 2.5\nb{c=\"e\"} NaN\n", to: "m")
        try world.apply(job())
        #expect(await world.land(3))
        #expect(world.value("a{instance=\"i\", job=\"j\"}") == 1)
        #expect(world.value("b{c=\"d\", instance=\"i\", job=\"j\"}") == 2.5)
        #expect(world.value("b{c=\"e\", instance=\"i\", job=\"j\"}")?.isNaN == true)
        #expect(world.value("up{instance=\"i\", job=\"j\"}") == 1)
        #expect(world.value("scrape_samples_scraped{instance=\"i\", job=\"j\"}") == 3)
        #expect(world.value("scrape_samples_post_metric_relabeling{instance=\"i\", job=\"j\"}") == 3)
        #expect(world.values("scrape_series_added{instance=\"i\", job=\"j\"}").prefix(2) == [3, 0])
        #expect(try #require(world.value("scrape_duration_seconds{instance=\"i\", job=\"j\"}")) > 0)
        let target = try #require(world.manager.targets.active.first)
        #expect(target.status.health == .up && target.status.lastError.isEmpty && target.status.samples == 3)
        let metadata = await world.manager.metadata()
        #expect(metadata.first?.families.first == FamilyMetadata(name: "a", type: .counter))
    }

    @Test func `OpenMetrics is read as such`() async throws {
        try folder.write("# TYPE a counter\na_total 1\n# EOF\n", to: "m")
        try world.apply(job(type: "application/openmetrics-text; version=1.0.0"))
        #expect(await world.land(1))
        #expect(world.value("a_total{instance=\"i\", job=\"j\"}") == 1)
        #expect(world.value("up{instance=\"i\", job=\"j\"}") == 1)
    }

    @Test func `The target's labels count, unless the job honours those of the series`() async throws {
        try folder.write("a{job=\"x\",instance=\"\",exported_job=\"y\"} 1\n", to: "m")
        try world.apply(job())
        #expect(await world.land(1))
        #expect(world.series == [#"a{exported_exported_job="x", exported_job="y", instance="i", job="j"}"#])
        let other = try ScrapeWorld()
        try other.apply(job("honor_labels: true"))
        #expect(await other.land(1))
        #expect(other.series == [#"a{exported_job="y", job="x"}"#])
    }

    @Test func `Relabelling changes and drops series`() async throws {
        try folder.write("a{x=\"1\"} 1\nb 2\nc 3\n", to: "m")
        try world.apply(
            job(
                """
                metric_relabel_configs:
                - {source_labels: [__name__], regex: b, action: drop}
                - {source_labels: [x], target_label: y}
                """
            )
        )
        #expect(await world.land(2))
        #expect(world.series == [#"a{instance="i", job="j", x="1", y="1"}"#, #"c{instance="i", job="j"}"#])
        #expect(world.value("scrape_samples_scraped{instance=\"i\", job=\"j\"}") == 3)
        #expect(world.value("scrape_samples_post_metric_relabeling{instance=\"i\", job=\"j\"}") == 2)
    }

    @Test func `A series that is gone ends, once, and may come back`() async throws {
        try folder.write("a 1\nb 1\n", to: "m")
        try world.apply(job())
        #expect(await world.land(2))
        try folder.write("a 1\n", to: "m")
        #expect(await world.until { world.values("b{instance=\"i\", job=\"j\"}").last?.isStaleMarker == true })
        #expect(await world.land(3))
        #expect(world.markers("b{instance=\"i\", job=\"j\"}") == 1)
        try folder.write("a 1\nb 2\n", to: "m")
        #expect(await world.until { world.value("b{instance=\"i\", job=\"j\"}") == 2 })
        #expect(world.values("a{instance=\"i\", job=\"j\"}").allSatisfy { $0 == 1 })
    }

    @Test func `When a scrape fails all series end, once, and the failure is stored`() async throws {
        try folder.write("a 1\nb 1\n", to: "m")
        try world.apply(job())
        #expect(await world.land(2))
        try folder.write("a 1\nb{ 2\n", to: "m")
        #expect(await world.until { world.value("up{instance=\"i\", job=\"j\"}") == 0 })
        #expect(await world.land(3))
        for name in ["a", "b"] {
            #expect(world.markers("\(name){instance=\"i\", job=\"j\"}") == 1, "\(name)")
        }
        let status = try #require(world.manager.targets.active.first).status
        #expect(status.health == .down && status.lastError.hasPrefix("2:4: "), "\(status.lastError)")
        try folder.write("a 3\n", to: "m")
        #expect(await world.until { world.value("a{instance=\"i\", job=\"j\"}") == 3 })
        #expect(world.value("up{instance=\"i\", job=\"j\"}") == 1)
    }

    @Test(arguments: [
        ("/status/404", "", "server returned HTTP status 404 Not Found"),
        ("/status/204", "", "server returned HTTP status 204 No Content"),
        ("/hang", "scrape_timeout: 50ms", "context deadline exceeded"),
        ("/trickle", "scrape_timeout: 50ms", "context deadline exceeded"),
        ("/close", "", "EOF"),
        ("/endless", "body_size_limit: 1MB", "body size limit exceeded"),
        ("/garbage", "", "malformed HTTP response"),
        ("/redirect", "params: {to: [/status/500]}", "server returned HTTP status 500 Internal Server Error"),
        ("/redirect", "params: {to: [/metrics]}\nfollow_redirects: false", "server returned HTTP status 302 Found"),
        (
            "/text", "params: {type: [image/png]}",
            "received unsupported Content-Type \"image/png\" and no fallback_scrape_protocol specified for target"
        ),
        ("/text", "params: {body: ['{a=\"b\"} 1']}", "1:"),
        ("/churn", "sample_limit: 99", "sample limit exceeded"),
        ("/churn", "label_limit: 4", "label_limit exceeded (metric: churn, number of labels: 5, limit: 4)"),
        (
            "/churn", "label_name_length_limit: 7",
            "label_name_length_limit exceeded (metric: churn, label name: __name__, length: 8, limit: 7)"
        ),
        (
            "/churn", "label_value_length_limit: 4",
            "label_value_length_limit exceeded (metric: churn, label name: __name__, value: \"churn\", length: 5, limit: 4)"
        ),
        (
            "/echo", "authorization: {credentials_file: /nowhere/at/all}",
            "unable to read authorization credentials file /nowhere/at/all: "
        ),
    ])
    func `What is wrong with a target is told and harms nobody`(path: String, more: String, words: String) async throws
    {
        try world.apply(
            self.path(path, more) + "\n" + self.path("/metrics").replacing("job_name: j", with: "job_name: k")
        )
        #expect(await world.until { world.manager.targets.active.first?.status.health == .down })
        let status = try #require(world.manager.targets.active.first).status
        #expect(status.lastError.contains(words), "\(status.lastError)")
        #expect(world.value("up{instance=\"i\", job=\"j\"}") == 0)
        #expect(await world.until { world.value("up{instance=\"i\", job=\"k\"}") == 1 })
        #expect(world.series.filter { $0.hasPrefix("churn") }.prefix(20).allSatisfy { world.value($0) == nil })
    }

    @Test func `More targets than the limit are none`() async throws {
        try world.apply(
            """
            - job_name: j
              scrape_interval: 100ms
              target_limit: 1
              static_configs: [{targets: ['\(address)', 'localhost:\(server.port)']}]
            """
        )
        #expect(await world.land(2))
        let errors = world.manager.targets.active.map(\.status.lastError)
        #expect(errors.contains("target_limit exceeded (number of targets: 2, limit: 1)"))
    }

    @Test func `Samples have the times that the target gives them, or not`() async throws {
        let time = Int64(Date().timeIntervalSince1970) * 1_000 - 60_000
        try folder.write("a 1 \(time)\nb 1\n", to: "m")
        try world.apply(job())
        #expect(await world.land(3))
        #expect(world.samples("a{instance=\"i\", job=\"j\"}").map(\.timestamp.rawValue) == [time])
        #expect(world.values("b{instance=\"i\", job=\"j\"}").count >= 3)
        let other = try ScrapeWorld()
        try other.apply(job("honor_timestamps: false"))
        #expect(await other.land(3))
        #expect(other.samples("a{instance=\"i\", job=\"j\"}").allSatisfy { $0.timestamp.rawValue > time + 30_000 })
    }

    @Test func `A series with times of its own ends where that is tracked`() async throws {
        let time = Int64(Date().timeIntervalSince1970) * 1_000 - 1_000
        try folder.write("a 1 \(time)\nb 1\n", to: "m")
        try world.apply(job("track_timestamps_staleness: true"))
        #expect(await world.land(2))
        try folder.write("b 1\n", to: "m")
        #expect(await world.until { world.values("a{instance=\"i\", job=\"j\"}").last?.isStaleMarker == true })
    }

    @Test func `Targets have what the job says about them where it is wanted`() async throws {
        try folder.write("a 1\n", to: "m")
        try world.apply(job("extra_scrape_metrics: true\nsample_limit: 7\nscrape_timeout: 250ms"))
        #expect(await world.land(1))
        #expect(world.value("scrape_timeout_seconds{instance=\"i\", job=\"j\"}") == 0.25)
        #expect(world.value("scrape_sample_limit{instance=\"i\", job=\"j\"}") == 7)
        #expect(world.value("scrape_body_size_bytes{instance=\"i\", job=\"j\"}") == 4)
    }

    @Test func `The times of scrapes are regular`() async throws {
        try folder.write("a 1\n", to: "m")
        try world.apply(job(interval: "200ms"))
        #expect(await world.land(6))
        let times = world.samples("up{instance=\"i\", job=\"j\"}").map(\.timestamp.rawValue)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        let regular = zip(times, times.dropFirst()).count { $1 - $0 == 200 }
        #expect(regular >= 1, "\(times)")
    }
}
