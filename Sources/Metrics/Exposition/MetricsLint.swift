/// What `promtool check metrics` says about an exposition in Prometheus text: the same findings, in the same words
/// and order.
public enum MetricsLint {
    /// Something about a metric that its users will stumble over.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        public let metric: String
        public let text: String
        /// The line, counted from one, on which the metric (or the label in question) first stands.
        public let line: Int

        /// The line that promtool prints.
        public var description: String { "\(metric) \(text)" }
    }

    /// The exposition cannot be read, so nothing is said about its metrics.
    ///
    /// The linter of promtool reads more strictly than a scrape does; these are its rules, not those of
    /// `ExpositionParser`.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        public let line: Int
        /// The column in bytes, counted from one.
        public let column: Int
        public let message: String

        /// What promtool prints behind `error while linting: `.
        public var description: String { "text format parsing error in line \(line): \(message)" }
    }

    /// Everything there is to say about the metrics of an exposition, sorted by metric and text.
    public static func check(_ bytes: [UInt8]) throws(Failure) -> [Finding] {
        var reader = LintReader(bytes)
        let findings = try reader.read().flatMap(LintRules.check)
        return findings.enumerated().sorted { left, right in
            let (leftKey, rightKey) = (left.element.sortKey, right.element.sortKey)
            if leftKey.lexicographicallyPrecedes(rightKey) { return true }
            return !rightKey.lexicographicallyPrecedes(leftKey) && left.offset < right.offset
        }.map(\.element)
    }

    /// The same for text at hand.
    public static func check(_ text: String) throws(Failure) -> [Finding] {
        try check(Array(text.utf8))
    }
}

extension MetricsLint.Finding {
    /// Metric names hold no zero byte, so one between the two sorts by the first and then by the second.
    fileprivate var sortKey: [UInt8] { Array(metric.utf8) + [0] + Array(text.utf8) }
}

/// A metric as the linter sees it.
struct LintedFamily {
    enum Kind: String {
        case counter, gauge, summary, untyped, histogram
        case gaugeHistogram = "gauge_histogram"
    }

    let name: String
    let line: Int
    /// Set by the `# TYPE` line, or by the first sample.
    var kind: Kind?
    var hasHelp = false
    /// The label names of each metric, with the line of its first sample. Buckets of a histogram are one metric.
    var metrics: [(line: Int, labels: [String])] = []
}
