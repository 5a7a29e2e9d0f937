import Scraping
import Web

extension ScrapeSnapshot {
    /// The targets as the API tells them.
    var report: TargetsReport {
        TargetsReport(
            pools: jobs,
            active: active.map(\.report),
            dropped: dropped.map { TargetsReport.Dropped(discoveredLabels: $0.discovered, pool: $0.job) },
            droppedCounts: droppedCounts
        )
    }
}

extension ScrapeSnapshot.Target {
    fileprivate var report: TargetsReport.Target {
        TargetsReport.Target(
            discoveredLabels: discovered,
            labels: labels,
            pool: job,
            url: url,
            globalURL: url,
            lastError: status.lastError,
            lastScrape: status.lastScrape,
            lastDuration: status.lastDuration,
            health: TargetsReport.Target.Health(rawValue: status.health.rawValue) ?? .unknown,
            interval: interval,
            timeout: timeout
        )
    }
}
