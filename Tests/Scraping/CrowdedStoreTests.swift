import EventLoop
import Foundation
import Metrics
import Storage
import TestServers
import Testing

@testable import Scraping

/// What is known of targets when the store takes no more series.
@Suite struct CrowdedStoreTests {
    private let world: ScrapeWorld
    private let server: ServerProcess
    private let folder: TemporaryFolder

    init() throws {
        world = try ScrapeWorld(StorageLimits(maxSeries: 400))
        server = try ServerProcess.awkward()
        folder = try TemporaryFolder()
    }

    private func job(_ name: String) -> String {
        """
        - job_name: \(name)
          scrape_interval: 200ms
          metrics_path: /file
          params: {path: ['\(folder.path(name))']}
          static_configs: [{targets: ['127.0.0.1:\(server.port)'], labels: {instance: i}}]

        """
    }

    private func expose(_ name: String, series: Int) throws {
        let lines = (0..<series).map { "\(name)_\($0) 1\n" }
        try lines.joined().write(toFile: folder.path(name), atomically: true, encoding: .utf8)
    }

    private func has(_ name: String, of job: String) -> Bool {
        world.value("\(name){instance=\"i\", job=\"\(job)\"}") != nil
    }

    @Test func `Whether a target is up is known also when there is no room; what was refused comes when there is`()
        async throws
    {
        try expose("first", series: 500)
        try expose("late", series: 2)
        try world.apply(job("first"))
        #expect(await world.until { has("up", of: "first") })
        // At least once: after a scrape that failed all of them are asked for anew.
        #expect(await world.until { world.instrument("medic_scraping_refused_series_total") >= 120 })
        try world.apply(job("first") + job("late"))
        #expect(await world.until { world.value("up{instance=\"i\", job=\"late\"}") == 1 })
        for name in ["scrape_duration_seconds", "scrape_series_added"] { #expect(has(name, of: "late")) }
        #expect(await world.until { world.value("scrape_samples_scraped{instance=\"i\", job=\"late\"}") == 2 })
        #expect(!has("late_0", of: "late"))

        try expose("first", series: 1)
        let isTaken = await world.until {
            world.store.dropSamples(before: Timestamp(milliseconds: WallClock.now - 500))
            return has("late_0", of: "late") && has("late_1", of: "late")
        }
        #expect(isTaken)
        // Those that were there all the time did not notice.
        #expect(world.markers("up{instance=\"i\", job=\"late\"}") == 0)
    }
}
