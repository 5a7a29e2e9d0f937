import EventLoop
import HTTPClient
import Instruments
import Logging
import Metrics
import Storage

/// What all targets share.
///
/// Unchecked: confined to the loop, apart from constants.
final class ScrapeContext: @unchecked Sendable {
    let loop: EventLoop
    let client: HTTPClient
    let store: SampleStore
    let log: Logger
    let meters: ScrapeMeters
    let discovery: DiscoveryContext
    let landed: @Sendable (TimelineID, Timestamp) -> Void
    /// Mixed into the places of scrapes within their intervals, so that two hosts do not ask the same target at once.
    var seed: UInt64 = 0
    private var answers = AnswerRoom()
    private var bodies: [ScrapeBody] = []

    /// Bodies wait here between scrapes. More are under way only when scrapes take long.
    private static let idleBodiesMax = 2
    /// A whole body is kept only while it is new; afterwards a line of it at a time.
    private static let idleBodyBytesMax = 128 << 10

    init(
        loop: EventLoop,
        client: HTTPClient,
        store: SampleStore,
        log: Logger,
        meters: ScrapeMeters,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) {
        self.loop = loop
        self.client = client
        self.store = store
        self.log = log
        self.meters = meters
        discovery = DiscoveryContext(loop: loop, client: client, log: log, failures: meters.discoveryFailures)
        self.landed = landed
    }

    /// An empty body, with memory that served another scrape.
    func takeBody() -> ScrapeBody { bodies.popLast() ?? ScrapeBody(limit: .max) }

    /// Takes the next bytes of an answer, of which `body` keeps what must wait; false where there is no room for them.
    func take(_ count: Int, into body: inout ScrapeBody, _ take: (inout ScrapeBody) -> Bool) -> Bool {
        let before = body.count
        guard answers.take(count, after: before) else { return false }
        let isTaken = take(&body)
        answers.giveBack(before + count - body.count)
        meters.answerBytes.set(Double(answers.taken))
        return isTaken
    }

    /// An answer is all there, or given up: others may use its room.
    func release(_ body: borrowing ScrapeBody) {
        answers.giveBack(body.count)
        meters.answerBytes.set(Double(answers.taken))
    }

    /// The most bytes that the answer of any job may have, as far as one says so.
    func makeRoom(forAnswersOf bytes: Int) { answers.makeRoom(forAnswersOf: bytes) }

    func giveBack(_ body: consuming ScrapeBody) {
        guard bodies.count < Self.idleBodiesMax, body.capacity <= Self.idleBodyBytesMax else { return }
        var body = body
        body.removeAll()
        bodies.append(body)
    }
}

/// What scraping measures about itself.
struct ScrapeMeters: Sendable {
    let scrapes: Counter
    let failures: Counter
    let samples: Counter
    let coldLines: Counter
    let dropped: Counter
    let missed: Counter
    let refusedFrames: Counter
    let refusedSeries: Counter
    let targets: Gauge
    let droppedTargets: Gauge
    let answerBytes: Gauge
    let refusedTargets: Counter
    let discoveryFailures: Counter

    init(_ instruments: Instruments) {
        func counter(_ name: String, _ help: String) -> Counter {
            instruments.counter("medic_scraping_\(name)_total", help: help)
        }
        scrapes = counter("scrapes", "Scrapes that ended, whatever came of them.")
        failures = counter("failures", "Scrapes that brought no samples.")
        samples = counter("samples", "Samples in the bodies of scrapes.")
        coldLines = counter("cold_lines", "Lines that were not those of the scrape before and had to be read in full.")
        dropped = counter(
            "dropped_samples",
            "Samples that were not kept: metric_relabel_configs drops them, or nobody reads them (storage: keep: referenced)."
        )
        missed = counter("missed", "Scrapes that were left out because the one before was late.")
        refusedFrames = counter(
            "refused_frames",
            "Scrapes that the store did not take, such as when the clock was set back."
        )
        refusedSeries = counter("refused_series", "Series that the store did not take for want of room.")
        refusedTargets = counter("refused_targets", "Targets found that cannot be targets.")
        discoveryFailures = Self.discoveryFailures(instruments)
        targets = instruments.gauge("medic_scraping_targets", help: "Targets that are scraped.")
        droppedTargets = instruments.gauge("medic_scraping_dropped_targets", help: "Targets that relabelling dropped.")
        answerBytes = instruments.gauge(
            "medic_scraping_answer_bytes",
            help: "Bytes of answers that are under way, in memory that all targets share."
        )
    }

    /// One counter for all that discover.
    static func discoveryFailures(_ instruments: Instruments) -> Counter {
        instruments.counter(
            "medic_scraping_discovery_failures_total",
            help: "Refreshes of discoveries that failed; the targets before it stay."
        )
    }
}
