public import Metrics
import Synchronization

extension SampleStore {
    /// Takes whole series at once, for files and tests. Samples of a series are sorted by time; series whose samples have
    /// the same times share a timeline. Series that are here already get their samples one by one.
    public func load(_ series: some Sequence<(labels: Labels, samples: [Sample])>) throws(StorageRefusal) {
        var order: [[Int64]] = []
        var groups: [[Int64]: [(labels: Labels, samples: [Sample])]] = [:]
        for one in series where !one.samples.isEmpty {
            let times = one.samples.map(\.timestamp.rawValue)
            let isAscending = zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
            guard isAscending, !isKnown(one.labels) else {
                for sample in one.samples { try append(one.labels, sample.timestamp, sample.value) }
                continue
            }
            if groups[times] == nil { order.append(times) }
            groups[times, default: []].append(one)
        }
        for times in order {
            try load(groups[times] ?? [], times: times)
        }
    }

    private func isKnown(_ labels: Labels) -> Bool {
        index.withLock { $0.find(packedLabels: labels.packedBytes) != nil }
    }

    private func load(_ group: [(labels: Labels, samples: [Sample])], times: [Int64]) throws(StorageRefusal) {
        let timeline = try structure.withLock { structure throws(StorageRefusal) in
            try makeTimeline(named: "", isSolo: false, &structure)
        }
        let writer = FrameWriter(store: self, stream: timeline)
        var columns: [(slot: Int, samples: [Sample])] = []
        for one in group {
            // The same series twice in one call.
            guard !isKnown(one.labels) else {
                for sample in one.samples { try append(one.labels, sample.timestamp, sample.value) }
                continue
            }
            columns.append((try writer.slot(for: one.labels), one.samples))
        }
        var row = Array(repeating: MarkerNaN.absent, count: writer.width)
        for (frame, time) in times.enumerated() {
            for (slot, samples) in columns { row[slot] = samples[frame].value }
            let buffer = row.span
            try unsafe buffer.withUnsafeBufferPointer { values throws(StorageRefusal) in
                try unsafe writer.append(at: Timestamp(rawValue: time), values: values)
            }
        }
        timeline.writing.withLock { writing in
            writing.isClosed = true
            for slot in writing.seriesOfSlot.indices { writing.release(slot) }
        }
    }
}
