import Metrics
import PromQL
import Storage

/// What the loads of a script add up to.
struct LoadedSeries {
    /// A sample that two loads give different values.
    struct Conflict: Error {
        let labels: Labels
        let timestamp: Timestamp
    }

    private var order: [Labels] = []
    private var samples: [Labels: [Sample]] = [:]
    /// Series that would hold native histograms, which the store does not know yet.
    private(set) var nativeHistograms: [Labels] = []
    private var known: Set<Labels> = []

    mutating func add(_ load: PromQLScript.Load) throws(Conflict) {
        for line in load.series {
            try add(line, interval: load.interval)
            if load.convertsHistograms, let base = Self.histogram(of: line.labels) { addNative(base) }
        }
    }

    private mutating func add(_ line: PromQLScript.SeriesLine, interval: Milliseconds) throws(Conflict) {
        var added: [Sample] = []
        for (step, item) in line.items.enumerated() {
            switch item {
            case .absent: continue
            case .histogram: addNative(line.labels)
            case .float(let value):
                let (time, overflow) = interval.rawValue.multipliedReportingOverflow(by: Int64(step))
                added.append(Sample(timestamp: Timestamp(milliseconds: overflow ? .max : time), value: value))
            }
        }
        if added.isEmpty { return }
        guard let earlier = samples[line.labels] else {
            order.append(line.labels)
            samples[line.labels] = added
            return
        }
        samples[line.labels] = try Self.merge(earlier, added, labels: line.labels)
    }

    private mutating func addNative(_ labels: Labels) {
        if known.insert(labels).inserted { nativeHistograms.append(labels) }
    }

    private static func merge(
        _ earlier: [Sample],
        _ added: [Sample],
        labels: Labels
    ) throws(Conflict) -> [Sample] {
        var result: [Sample] = []
        result.reserveCapacity(earlier.count + added.count)
        var place = 0
        for sample in added {
            while place < earlier.count, earlier[place].timestamp < sample.timestamp {
                result.append(earlier[place])
                place += 1
            }
            if place < earlier.count, earlier[place].timestamp == sample.timestamp {
                guard earlier[place].value.bitPattern == sample.value.bitPattern else {
                    throw Conflict(labels: labels, timestamp: sample.timestamp)
                }
                place += 1
            }
            result.append(sample)
        }
        return result + earlier[place...]
    }

    /// The native histogram that upstream would make of a series of a classic one.
    private static func histogram(of labels: Labels) -> Labels? {
        guard let name = labels.metricName else { return nil }
        for suffix in ["_bucket", "_count", "_sum"] where name.utf8.count > suffix.utf8.count {
            guard name.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else { continue }
            if suffix == "_bucket" {
                guard let bound = labels["le"].flatMap(ScriptNumber.value(of:)), !bound.isNaN else { return nil }
            }
            var builder = LabelsBuilder(labels)
            builder.set(Labels.metricName, String(decoding: name.utf8.dropLast(suffix.utf8.count), as: UTF8.self))
            builder.remove("le")
            return builder.build()
        }
        return nil
    }

    /// A store that holds the float samples.
    func store() throws(StorageRefusal) -> SampleStore {
        let store = SampleStore()
        try store.load(order.map { (labels: $0, samples: samples[$0] ?? []) })
        return store
    }
}
