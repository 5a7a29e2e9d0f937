import Metrics

// The words of all annotations, exactly as Prometheus prints them.

extension Annotation {
    /// What is to be said, without the place.
    public var message: String {
        switch fact {
        case .invalidQuantile(let value):
            return "quantile value should be between 0 and 1, got \(Number.general(value))"
        case .invalidRatio(let value, let used):
            return "ratio value should be between -1 and 1, got \(Number.general(value)), "
                + "capping to \(Number.general(used))"
        case .badBucketLabel(let metric, let value):
            return "bucket label \"le\" is missing or has a malformed value of \(Labels.quoted(value))"
                + Annotation.forMetric(metric)
        case .possibleNonCounter(let metric):
            return "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                + Labels.quoted(metric)
        case .forcedMonotonicity(let metric, let report):
            return "input to histogram_quantile needed to be fixed for monotonicity "
                + "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)"
                + Annotation.forMetric(metric) + ", \(report.words)"
        case .incompatibleTypes(let operation):
            return "incompatible sample types encountered for binary operator \(Labels.quoted(operation.rawValue)): "
                + "float \(operation.rawValue) float"
        case .sortInRangeQuery:
            return "sort is ineffective for range queries since results are always ordered by labels"
        }
    }

    /// The line that answers carry: kind, message, and where in the query, counted in bytes from one.
    public func text(in query: String) -> String {
        let heading = kind == .warning ? "PromQL warning" : "PromQL info"
        let before = query.utf8.prefix(max(0, range.lowerBound))
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        return "\(heading): \(message) (\(line):\(column))"
    }

    private static func forMetric(_ name: String) -> String {
        name.isEmpty ? "" : " for metric name \(Labels.quoted(name))"
    }
}

extension MonotonicityReport {
    fileprivate var words: String {
        "from buckets \(Number.general(repair.lowestBound)) to \(Number.general(repair.highestBound)), "
            + "with a max diff of \(twoDigits(repair.greatestFall)), over \(count) samples "
            + "from \(CivilTime(unixSeconds: first.rawValue / 1_000).rfc3339) "
            + "to \(CivilTime(unixSeconds: last.rawValue / 1_000).rfc3339)"
    }

    /// Go's `%.2g`: two significant digits, an exponent below -4 and from 2.
    private func twoDigits(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return Number.general(value) }
        var exponent = 0
        var scaled = value
        while scaled >= 100 {
            scaled /= 10
            exponent += 1
        }
        while scaled < 10 {
            scaled *= 10
            exponent -= 1
        }
        var digits = Int(scaled.rounded(.toNearestOrEven))
        if digits == 100 {
            digits = 10
            exponent += 1
        }
        let power = exponent + 1
        let fraction = digits % 10
        guard power < -4 || power >= 2 else {
            let text = digits.description + String(repeating: "0", count: max(0, exponent))
            let all = Double("\(text)e\(min(0, exponent))") ?? value
            return Number.plain(all)
        }
        let mantissa = fraction == 0 ? "\(digits / 10)" : "\(digits / 10).\(fraction)"
        let width = power.magnitude < 10 ? "0" : ""
        return "\(mantissa)e\(power < 0 ? "-" : "+")\(width)\(power.magnitude)"
    }
}
