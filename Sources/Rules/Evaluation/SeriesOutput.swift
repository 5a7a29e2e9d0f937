import Metrics
import Storage

/// Where a rule's results go: a timeline of its own in the store. A series that the rule yields no more is ended with a
/// staleness marker, once.
final class SeriesOutput {
    private let writer: FrameWriter
    private var slots: [Labels: Int] = [:]
    private var row: [Double] = []
    private var turn = 0
    /// The turn in which each slot had a value last.
    private var lastTurns: [Int] = []

    init(named name: String, in store: SampleStore, every interval: Milliseconds) throws(StorageRefusal) {
        writer = try store.openTimeline(named: name)
        writer.promise(every: interval)
    }

    /// Stores one result. The first refusal of the store is thrown after everything else has been stored.
    func write(_ samples: [(labels: Labels, value: Double)], at time: Timestamp) throws(StorageRefusal) {
        var refusal: StorageRefusal?
        for slot in row.indices {
            row[slot] = lastTurns[slot] == turn ? MarkerNaN.stale : MarkerNaN.absent
        }
        turn += 1
        for sample in samples {
            do {
                let slot = try slot(for: sample.labels)
                row[slot] = sample.value
                lastTurns[slot] = turn
            } catch {
                refusal = refusal ?? error
            }
        }
        try flush(at: time)
        if let refusal { throw refusal }
    }

    /// Ends every series: the rule is gone.
    func close(at time: Timestamp) {
        writer.close(at: time)
        slots = [:]
        row = []
        lastTurns = []
    }

    private func slot(for labels: Labels) throws(StorageRefusal) -> Int {
        if let known = slots[labels] { return known }
        let slot = try writer.slot(for: labels)
        slots[labels] = slot
        while row.count <= slot {
            row.append(MarkerNaN.absent)
            lastTurns.append(-1)
        }
        return slot
    }

    private func flush(at time: Timestamp) throws(StorageRefusal) {
        guard !row.isEmpty else { return }
        var refusal: StorageRefusal?
        // The row is read only while the call lasts.
        unsafe row.withUnsafeBufferPointer { values in
            do throws(StorageRefusal) {
                unsafe try writer.append(at: time, values: values)
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
    }
}
