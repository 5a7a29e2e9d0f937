import Configuration
import EventLoop
import Instruments
import Logging
import Metrics

/// The targets of one job: those that discovery finds, as relabelling leaves them.
///
/// Unchecked: confined to the loop.
final class ScrapePool: @unchecked Sendable {
    private let context: ScrapeContext
    private(set) var job: ScrapeJob
    private var discoveries: [any Discovery] = []
    private var scrapers: [ScrapeTarget.Key: TargetScraper] = [:]
    private var departing: [ScrapeTarget.Key: TargetScraper] = [:]
    private(set) var dropped: [Labels] = []
    private(set) var droppedCount = 0
    private var refusals: Set<String> = []
    private var isAwaitingUpdate = false
    private let changed: () -> Void

    /// So many dropped targets are remembered where the job names no number: they are shown to people.
    private static let keptDroppedMax = 10_000
    private static let refusalsMax = 1_000

    /// `changed` is told when targets have come or gone.
    init(_ context: ScrapeContext, _ job: ScrapeJob, changed: @escaping () -> Void) {
        self.context = context
        self.job = job
        self.changed = changed
    }

    var running: [TargetScraper] { Array(scrapers.values) }

    func start() {
        beginDiscovery()
        update()
    }

    /// What the job says now. Targets that stay go on without a gap.
    func adopt(_ job: ScrapeJob) {
        let previous = self.job
        self.job = job
        if previous.discovery != job.discovery {
            for discovery in discoveries { discovery.stop() }
            beginDiscovery()
        } else if previous.scraping == job.scraping {
            return
        }
        update()
    }

    /// Ends scraping; the series stay.
    func stop() {
        for discovery in discoveries { discovery.stop() }
        discoveries = []
        for scraper in Array(scrapers.values) + Array(departing.values) { scraper.stop() }
        scrapers = [:]
        departing = [:]
    }

    /// The job is gone: the series of its targets end.
    func depart() {
        for discovery in discoveries { discovery.stop() }
        discoveries = []
        for key in Array(scrapers.keys) { remove(key) }
    }

    /// Whether nothing is left to wait for.
    var isEmpty: Bool { scrapers.isEmpty && departing.isEmpty }

    private func beginDiscovery() {
        discoveries = context.discovery.discoveries(of: job.discovery)
        for discovery in discoveries { discovery.start { [weak self] in self?.updateSoon() } }
    }

    /// Several discoveries that tell of changes at once are heard together.
    private func updateSoon() {
        guard !isAwaitingUpdate else { return }
        isAwaitingUpdate = true
        context.loop.after(.zero) { [weak self] in
            self?.isAwaitingUpdate = false
            self?.update()
        }
    }

    private func update() {
        let wanted = findTargets()
        for key in Array(scrapers.keys) where wanted[key] == nil { remove(key) }
        for (key, target) in wanted {
            let scraper =
                scrapers[key] ?? departing.removeValue(forKey: key) ?? TargetScraper(context, target, job.scraping)
            scrapers[key] = scraper
            scraper.adopt(target, job.scraping)
        }
        let limit = job.scraping.limits.targets
        let refusal =
            limit > 0 && scrapers.count > limit
            ? "target_limit exceeded (number of targets: \(scrapers.count), limit: \(limit))" : nil
        for scraper in scrapers.values { scraper.standingRefusal = refusal }
        changed()
    }

    private func remove(_ key: ScrapeTarget.Key) {
        guard let scraper = scrapers.removeValue(forKey: key) else { return }
        departing[key] = scraper
        scraper.depart { [weak self] in
            guard self?.departing[key] === scraper else { return }
            self?.departing[key] = nil
        }
    }

    private func findTargets() -> [ScrapeTarget.Key: ScrapeTarget] {
        var wanted: [ScrapeTarget.Key: ScrapeTarget] = [:]
        dropped = []
        droppedCount = 0
        let keptMax = job.scraping.limits.keptDroppedTargets
        var complaints: Set<String> = []
        for labels in discoveries.flatMap(\.groups).flatMap(\.labelSets) {
            switch ScrapeTarget.make(from: labels, job.scraping) {
            case .target(let target): wanted[target.key] = target
            case .dropped(let labels):
                droppedCount += 1
                if dropped.count < (keptMax > 0 ? keptMax : Self.keptDroppedMax) { dropped.append(labels) }
            case .refused(let reason):
                context.meters.refusedTargets.add()
                guard complaints.count < Self.refusalsMax else { continue }
                complaints.insert(reason)
            }
        }
        // Each once, as long as it lasts.
        for reason in complaints.subtracting(refusals) {
            context.log.warning("a target cannot be one", ["job": job.scraping.job, "error": reason])
        }
        refusals = complaints
        return wanted
    }
}
