import Metrics
import PromQL

/// What `--stats` tells.
enum QueryStatistics {
    static func text(_ file: SampleFile, _ result: QueryResult, _ evaluation: Duration) -> String {
        let (series, samples) = size(of: result.value)
        return """
            read:      \(file.sampleCount) samples of \(file.seriesCount) series in \(milliseconds(file.loading))
            evaluated: \(samples) samples of \(series) series in \(milliseconds(evaluation))
            """
    }

    private static func size(of value: QueryValue) -> (series: Int, samples: Int) {
        switch value {
        case .scalar, .string: (1, 1)
        case .vector(let elements): (elements.count, elements.count)
        case .matrix(let series): (series.count, series.reduce(0) { $0 + $1.samples.count })
        }
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let value = Double(seconds) * 1_000 + Double(attoseconds) / 1e15
        return Number.plain((value * 1_000).rounded() / 1_000) + " ms"
    }
}
