import Configuration
import Diagnostics
import EventLoop
import Foundation
import HTTPClient
import Instruments
import Logging
import Metrics
import Scraping
import Storage
import Synchronization
import YAML

/// A store, and a manager that fills it.
final class ScrapeWorld: Sendable {
    let loop: EventLoop
    let client: HTTPClient
    let store: SampleStore
    let sink = LogSink.recording()
    let instruments = Instruments()
    let manager: ScrapeManager

    init(_ limits: StorageLimits = StorageLimits()) throws {
        store = SampleStore(limits: limits)
        loop = try EventLoop(named: "scrape test")
        let log = Logger(sink, component: "scraping")
        client = HTTPClient(loop: loop, log: log, instruments: instruments)
        let counter = Landed()
        manager = ScrapeManager(
            loop: loop,
            client: client,
            store: store,
            instruments: instruments,
            log: log
        ) { _, _ in counter.count.withLock { $0 += 1 } }
        landed = counter
        loop.start()
    }

    private final class Landed: Sendable {
        let count = Mutex(0)
    }

    private let landed: Landed

    deinit {
        let client = client
        manager.stop()
        loop.submit { client.stop() }
        loop.stop()
    }

    /// How many scrapes have landed.
    var scrapes: Int { landed.count.withLock { $0 } }

    /// Applies `scrape_configs`.
    func apply(_ text: String) throws {
        let source = SourceText(name: "/etc/medic.yml", text: text)
        let problems = Problems(in: source)
        let shape = Shape<[ScrapeJob]>.list(of: ScrapeJob.shape(within: GlobalSettings()))
        let jobs = YAMLDocument(source, problems: problems).flatMap { shape.decode($0.root, problems) }
        guard let jobs else { throw CocoaError(.coderInvalidValue) }
        manager.apply(jobs)
    }

    /// Waits for something to become true; false when it has not for a long time.
    func until(_ condition: () -> Bool) async -> Bool {
        let deadline = MonotonicInstant.now + .seconds(20)
        while !condition() {
            if MonotonicInstant.now > deadline { return false }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    /// Waits until so many scrapes have landed from now on.
    func land(_ count: Int) async -> Bool {
        let goal = scrapes + count
        return await until { scrapes >= goal }
    }

    /// All samples of a series, by its labels in PromQL's notation.
    func samples(_ labels: String) -> [Sample] {
        let homes = store.readIndex { index -> [Home] in
            let name = LabelMatcher(Labels.metricName, equals: String(labels.prefix { $0 != "{" }))
            return index.select([name]).filter { index.labels(of: $0).description == labels }.flatMap {
                index.homes(of: $0)
            }
        }
        return homes.flatMap { home -> [Sample] in
            let view = store.view(of: home.timeline)
            let frames = view.firstFrame..<view.endFrame
            var values = [Double](repeating: 0, count: frames.count)
            unsafe values.withUnsafeMutableBufferPointer {
                unsafe view.copyValues(slot: home.slot, frames: frames, into: $0)
            }
            return frames.compactMap { frame in
                let value = values[frame - frames.lowerBound]
                let time = view.timestamp(of: frame)
                guard !value.isAbsent, time >= home.since else { return nil }
                return Sample(timestamp: Timestamp(milliseconds: time), value: value)
            }
        }
    }

    func values(_ labels: String) -> [Double] { samples(labels).map(\.value) }

    /// How often a series has ended.
    func markers(_ labels: String) -> Int { values(labels).count(where: \.isStaleMarker) }

    /// The last value of a series; nil when it has none or has ended.
    func value(_ labels: String) -> Double? {
        values(labels).last.flatMap { $0.isStaleMarker ? nil : $0 }
    }

    /// The labels of all series, but for those about the scrapes.
    var series: [String] {
        let own = [
            "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling",
            "scrape_series_added",
        ]
        return store.readIndex { index in index.select([]).map { index.labels(of: $0) } }
            .filter { !own.contains($0.metricName ?? "") }.map(\.description).sorted()
    }

    func instrument(_ name: String) -> Double {
        instruments.families().first { $0.name == name }?.samples.first?.value ?? 0
    }
}
