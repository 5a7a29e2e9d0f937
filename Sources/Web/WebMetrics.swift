import Instruments
import Synchronization

/// What is counted of requests, by route and status.
final class WebMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let status: Int
    }

    private struct Known {
        var counters: [Key: Counter] = [:]
        var durations: [String: Histogram] = [:]
    }

    private let instruments: Instruments
    private let known = Mutex(Known())

    private static let buckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60]

    init(_ instruments: Instruments) {
        self.instruments = instruments
    }

    /// - Parameter route: the pattern, of which there are not many; never the path that somebody asked for.
    func count(_ route: String, _ status: Int, _ duration: Duration) {
        let (counter, histogram) = known.withLock { known in
            let key = Key(route: route, status: status)
            let counter = known.counters[key] ?? makeCounter(key)
            let histogram = known.durations[route] ?? makeHistogram(route)
            known.counters[key] = counter
            known.durations[route] = histogram
            return (counter, histogram)
        }
        counter.add()
        histogram.observe(duration / .seconds(1))
    }

    private func makeCounter(_ key: Key) -> Counter {
        instruments.counter(
            "medic_web_requests_total",
            help: "Answered requests by route and status.",
            labels: [("handler", key.route), ("code", String(key.status))]
        )
    }

    private func makeHistogram(_ route: String) -> Histogram {
        instruments.histogram(
            "medic_web_request_duration_seconds",
            help: "Time from a request's end to its answer's begin, by route.",
            labels: [("handler", route)],
            buckets: Self.buckets
        )
    }
}
