import Metrics
import PromQL
import Storage

/// The last samples of some series, as another Prometheus takes them over.
struct Federation: Sendable {
    private let store: SampleStore
    private let externalLabels: Labels
    private let lookback: Milliseconds

    init(_ store: SampleStore, externalLabels: Labels, options: QueryOptions) {
        self.store = store
        self.externalLabels = externalLabels
        lookback = options.lookback
    }

    /// Prometheus text, sorted by the metrics' names.
    func exposition(of selectors: [[LabelMatcher]], at now: Timestamp) -> [UInt8] {
        var search = SampleSearch(store)
        var found: [(name: String, sample: MetricFamily.Sample)] = []
        for series in SeriesListing.identifiers(of: selectors, in: store) {
            let after = (now - lookback).rawValue
            guard let sample = search.lastSample(series, after: after, through: now.rawValue) else { continue }
            let labels = store.readIndex { $0.labels(of: series) }
            guard let name = labels.metricName else { continue }
            found.append(
                (name, MetricFamily.Sample(completed(labels), sample.value, timestamp: sample.timestamp))
            )
        }
        found.sort { left, right in
            if left.name.utf8.elementsEqual(right.name.utf8) { return left.sample.labels < right.sample.labels }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        var writer = ExpositionWriter(.text)
        var last: String?
        for (name, sample) in found {
            if last.map({ !$0.utf8.elementsEqual(name.utf8) }) ?? true { writer.write(FamilyMetadata(name: name)) }
            last = name
            writer.write(sample)
        }
        return writer.bytes
    }

    /// With the labels that tell this agent's series from another's, where the series does not have its own.
    private func completed(_ labels: Labels) -> Labels {
        if externalLabels.isEmpty { return labels }
        var builder = LabelsBuilder(labels)
        for label in externalLabels where labels[label.name] == nil { builder.set(label.name, label.value) }
        return builder.build()
    }
}
