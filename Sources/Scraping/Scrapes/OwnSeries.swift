import Configuration
import Metrics
import Storage

/// The series about the scrapes of a target, and where their values go.
struct OwnSeries {
    /// What one scrape was like.
    struct Values {
        var isUp = false
        var duration = 0.0
        var scraped = 0
        var kept = 0
        var added = 0
        /// Below zero where the body was too large to know.
        var bodyBytes = 0
    }

    private let up: Int
    private let duration: Int
    private let scraped: Int
    private let kept: Int
    private let added: Int
    private let extra: (timeout: Int, sampleLimit: Int, bodyBytes: Int)?

    init(_ writer: FrameWriter, _ labels: SeriesLabels) {
        func slot(_ name: String) -> Int {
            (try? writer.slot(for: labels.own(name), isVital: true)) ?? writer.sink
        }
        up = slot("up")
        duration = slot("scrape_duration_seconds")
        scraped = slot("scrape_samples_scraped")
        kept = slot("scrape_samples_post_metric_relabeling")
        added = slot("scrape_series_added")
        extra =
            labels.settings.hasExtraMetrics
            ? (slot("scrape_timeout_seconds"), slot("scrape_sample_limit"), slot("scrape_body_size_bytes")) : nil
    }

    func put(_ values: Values, _ labels: SeriesLabels, timeout: Milliseconds, into memory: inout ScrapeMemory) {
        memory.set(values.isUp ? 1 : 0, at: up)
        memory.set(values.duration, at: duration)
        memory.set(Double(values.scraped), at: scraped)
        memory.set(Double(values.kept), at: kept)
        memory.set(Double(values.added), at: added)
        guard let extra else { return }
        memory.set(timeout.seconds, at: extra.timeout)
        memory.set(Double(labels.settings.limits.samples), at: extra.sampleLimit)
        memory.set(Double(values.bodyBytes), at: extra.bodyBytes)
    }

    var slots: [Int] {
        [up, duration, scraped, kept, added] + (extra.map { [$0.timeout, $0.sampleLimit, $0.bodyBytes] } ?? [])
    }
}
