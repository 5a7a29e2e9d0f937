public import Configuration
public import EventLoop
public import HTTPClient
public import Instruments
public import Logging
public import Metrics
public import Storage
import Synchronization

/// Finds targets and scrapes them, all on one loop.
///
/// Unchecked: pools are touched on the loop only; what others read is under a lock.
public final class ScrapeManager: @unchecked Sendable {
    private let context: ScrapeContext
    private let hostSeed: UInt64
    private var pools: [String: ScrapePool] = [:]
    private var departing: [ScrapePool] = []
    private var isStopped = false
    private let published = Mutex(Published())

    private struct Published {
        var pools: [(job: String, scrapers: [TargetScraper], dropped: [Labels], droppedCount: Int)] = []
    }

    /// `seed` tells this host from others: it moves all scrapes within their intervals. `landed` is called on the loop whenever a
    /// scrape, or its failure, is in the store.
    public init(
        loop: EventLoop,
        client: HTTPClient,
        store: SampleStore,
        instruments: Instruments,
        log: Logger,
        seed: String = "",
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) {
        context = ScrapeContext(
            loop: loop,
            client: client,
            store: store,
            log: log,
            meters: ScrapeMeters(instruments),
            landed: landed
        )
        var hash = FNV1a()
        hash.add(seed)
        hostSeed = hash.value
    }

    /// Scrapes these jobs from now on, and no others. What has not changed goes on undisturbed. From any thread.
    public func apply(_ jobs: [ScrapeJob], _ global: GlobalSettings = GlobalSettings()) {
        context.loop.submit { [self] in
            guard !isStopped else { return }
            var hash = FNV1a()
            hash.add(global.externalLabels.description)
            context.seed = hostSeed ^ hash.value
            let names = Set(jobs.map(\.scraping.job))
            for (name, pool) in pools where !names.contains(name) {
                pools[name] = nil
                pool.depart()
                departing.append(pool)
            }
            departing.removeAll(where: \.isEmpty)
            context.makeRoom(forAnswersOf: jobs.map(\.scraping.limits.bodyBytes).max() ?? 0)
            for job in jobs { adopt(job) }
            publish()
        }
    }

    private func adopt(_ job: ScrapeJob) {
        if let pool = pools[job.scraping.job] { return pool.adopt(job) }
        let pool = ScrapePool(context, job) { [weak self] in self?.publish() }
        pools[job.scraping.job] = pool
        pool.start()
    }

    /// Scrapes no more. Series stay as they are, so that a restart goes on with them. From any thread.
    public func stop() {
        context.loop.submit { [self] in
            isStopped = true
            for pool in Array(pools.values) + departing { pool.stop() }
            pools = [:]
            departing = []
            publish()
        }
    }

    private func publish() {
        let all = pools.sorted { $0.key < $1.key }.map { name, pool in
            (job: name, scrapers: pool.running, dropped: pool.dropped, droppedCount: pool.droppedCount)
        }
        published.withLock { $0.pools = all }
        context.meters.targets.set(Double(all.reduce(0) { $0 + $1.scrapers.count }))
        context.meters.droppedTargets.set(Double(all.reduce(0) { $0 + $1.droppedCount }))
    }

    /// The targets as they are now. From any thread.
    public var targets: ScrapeSnapshot {
        let pools = published.withLock { $0.pools }
        let active = pools.flatMap { pool in
            pool.scrapers.map { scraper in
                let (target, status) = scraper.facts
                return ScrapeSnapshot.Target(
                    job: pool.job,
                    discovered: target.discovered,
                    labels: target.labels,
                    url: target.url,
                    interval: target.interval,
                    timeout: target.timeout,
                    status: status
                )
            }
        }
        return ScrapeSnapshot(
            jobs: pools.map(\.job),
            active: active.sorted { ($0.job, $0.url, $0.labels) < ($1.job, $1.url, $1.labels) },
            dropped: pools.flatMap { pool in pool.dropped.map { .init(job: pool.job, discovered: $0) } },
            droppedCounts: Dictionary(uniqueKeysWithValues: pools.map { ($0.job, $0.droppedCount) })
        )
    }

    /// Help, type and unit of the metrics of each target whose labels pass the test, as the last scrapes had them.
    public func metadata(
        where isWanted: @escaping @Sendable (Labels) -> Bool = { _ in true }
    ) async -> [(target: Labels, families: [FamilyMetadata])] {
        let scrapers = published.withLock { $0.pools.flatMap(\.scrapers) }
        return await context.loop.perform {
            scrapers.filter { isWanted($0.target.labels) }.map { ($0.target.labels, $0.digest.metadata) }
        }
    }
}
