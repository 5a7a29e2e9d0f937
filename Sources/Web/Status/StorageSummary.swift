import JSON
import Metrics
import Storage

/// What there is most of in the store.
struct StorageSummary: Sendable {
    struct Count: Sendable {
        let name: String
        let value: Int
    }

    let series: Int
    let pairs: Int
    let oldest: Timestamp
    let newest: Timestamp
    let seriesByMetric: [Count]
    let valuesByLabel: [Count]
    let bytesByLabel: [Count]
    let seriesByPair: [Count]

    init(of store: SampleStore, longest: Int, at now: Timestamp) {
        var (pairs, valuesByLabel, bytesByLabel, seriesByPair) = (0, [Count](), [Count](), [Count]())
        var seriesByMetric: [Count] = []
        for name in store.readIndex({ $0.labelNames(matching: []) }) {
            let values = store.readIndex { $0.labelValues(of: name, matching: []) }
            pairs += values.count
            valuesByLabel.append(Count(name: name, value: values.count))
            bytesByLabel.append(Count(name: name, value: values.reduce(0) { $0 + $1.utf8.count }))
            let isMetricName = name.utf8.elementsEqual(Labels.metricName.utf8)
            for value in values {
                // The index is lent for one value at a time, so that nobody waits long for it.
                let count = store.readIndex { $0.select([LabelMatcher(name, equals: value)]).count }
                seriesByPair.append(Count(name: "\(name)=\(value)", value: count))
                if isMetricName { seriesByMetric.append(Count(name: value, value: count)) }
            }
        }
        let statistics = store.statistics
        series = statistics.series
        self.pairs = pairs
        oldest = statistics.series == 0 ? Timestamp(milliseconds: .max) : now - store.limits.retention
        newest = statistics.series == 0 ? Timestamp(milliseconds: .min) : now
        self.seriesByMetric = Self.top(seriesByMetric, longest)
        self.valuesByLabel = Self.top(valuesByLabel, longest)
        self.bytesByLabel = Self.top(bytesByLabel, longest)
        self.seriesByPair = Self.top(seriesByPair, longest)
    }

    private static func top(_ counts: [Count], _ length: Int) -> [Count] {
        Array(counts.sorted { $0.value > $1.value }.prefix(length))
    }
}

extension JSONWriter {
    /// As `/api/v1/status/tsdb` answers it.
    mutating func value(_ summary: StorageSummary) {
        object { writer in
            writer.member("headStats") { writer in
                writer.object { writer in
                    writer.member("numSeries", summary.series)
                    writer.member("numLabelPairs", summary.pairs)
                    writer.member("chunkCount", summary.series)
                    writer.member("minTime", Int(summary.oldest.rawValue))
                    writer.member("maxTime", Int(summary.newest.rawValue))
                }
            }
            writer.counts("seriesCountByMetricName", summary.seriesByMetric)
            writer.counts("labelValueCountByLabelName", summary.valuesByLabel)
            writer.counts("memoryInBytesByLabelName", summary.bytesByLabel)
            writer.counts("seriesCountByLabelValuePair", summary.seriesByPair)
        }
    }

    private mutating func counts(_ name: String, _ counts: [StorageSummary.Count]) {
        member(name) { writer in
            writer.array { writer in
                for count in counts {
                    writer.object { writer in
                        writer.member("name", count.name)
                        writer.member("value", count.value)
                    }
                }
            }
        }
    }
}
