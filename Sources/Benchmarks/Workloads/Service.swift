import Metrics

/// The metrics of an imagined service with many instances: counters, gauges and latency histograms in about the mixture
/// that real ones have, with values that move as theirs do.
struct Service {
    enum Kind {
        /// Grows by a Poisson-like whole number, or not at all when idle.
        case counter(rate: Double)
        /// Seconds with many decimals that only grow, such as CPU time.
        case seconds(rate: Double)
        /// Wanders in steps of a hundredth.
        case gauge
        /// Bytes: large whole numbers that wander by pages.
        case bytes
        /// Never changes.
        case constant(Double)
    }

    struct Series {
        let labels: Labels
        let kind: Kind
        var value: Double
    }

    private(set) var series: [Series] = []
    private var random: RandomSource

    /// About `count` series for one instance of one job.
    init(count: Int, job: String, instance: String, seed: UInt64 = 1) {
        random = RandomSource(seed: seed)
        var handler = 0
        while series.count < count {
            addHandler(number: handler, job: job, instance: instance)
            handler += 1
        }
        series.removeLast(series.count - count)
        // An exposition lists a family's series together.
        series.sort { $0.labels < $1.labels }
        for index in series.indices {
            series[index].value = start(of: series[index].kind)
        }
    }

    /// Lets one scrape interval pass. Of the counters and buckets about two thirds are idle.
    mutating func advance() {
        for index in series.indices {
            series[index].value = following(series[index].value, kind: series[index].kind)
        }
    }

    private static let bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"]

    private mutating func addHandler(number: Int, job: String, instance: String) {
        let base = [
            Label("job", job), Label("instance", instance), Label("handler", "/api/v1/resource/\(number)"),
            Label("method", number % 3 == 0 ? "POST" : "GET"),
        ]
        let rate = number % 3 == 0 ? 4.0 : 0
        func add(_ name: String, _ kind: Kind, _ extra: [Label] = []) {
            series.append(Series(labels: Labels(name: name, base + extra), kind: kind, value: 0))
        }
        for bound in Self.bounds {
            add("http_request_duration_seconds_bucket", .counter(rate: rate), [Label("le", bound)])
        }
        add("http_request_duration_seconds_sum", .seconds(rate: rate / 10))
        add("http_request_duration_seconds_count", .counter(rate: rate))
        for status in ["200", "404", "500"] {
            add("http_requests_total", .counter(rate: status == "200" ? rate : 0), [Label("status", status)])
        }
        add("http_requests_in_flight", .gauge)
        add("process_resident_memory_bytes", .bytes)
        add("process_cpu_seconds_total", .seconds(rate: 0.3))
        add("process_max_fds", .constant(1_048_576))
        add("handler_enabled", .constant(1))
    }

    private mutating func start(of kind: Kind) -> Double {
        switch kind {
        case .counter: Double(Int.random(in: 0..<1_000_000, using: &random))
        case .seconds: Double.random(in: 0..<10_000, using: &random)
        case .gauge: Double(Int.random(in: 0..<10_000, using: &random)) / 100
        case .bytes: Double(Int.random(in: 1_000..<1_000_000, using: &random) * 4_096)
        case .constant(let value): value
        }
    }

    private mutating func following(_ value: Double, kind: Kind) -> Double {
        switch kind {
        case .counter(let rate) where rate == 0: value
        case .counter(let rate): value + Double(Int.random(in: 0...Int(2 * rate), using: &random))
        case .seconds(let rate) where rate == 0: value
        case .seconds(let rate): value + Double.random(in: 0...2 * rate, using: &random)
        case .gauge: max(0, (value * 100 + Double(Int.random(in: -20...20, using: &random))).rounded() / 100)
        case .bytes: max(0, value + Double(Int.random(in: -8...8, using: &random) * 4_096))
        case .constant: value
        }
    }
}

extension Service {
    /// The body of a scrape, in Prometheus's text format.
    func exposition() -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(series.count * 128)
        var family = ""
        for entry in series {
            let name = entry.labels.metricName ?? ""
            if name != family {
                body += "# HELP \(name) What \(name) counts.\n# TYPE \(name) untyped\n".utf8
                family = name
            }
            body += "\(entry.labels.description.replacingSeparators()) \(Number.general(entry.value))\n".utf8
        }
        return body
    }
}

extension String {
    /// Expositions write no blank behind the comma between labels.
    fileprivate func replacingSeparators() -> String {
        var result = ""
        var previous: Character = " "
        for character in self {
            if character == " " && previous == "," {
                previous = character
                continue
            }
            result.append(character)
            previous = character
        }
        return result
    }
}
