public import Metrics
import Synchronization

/// Writes the frames of one timeline. Used by one thread at a time.
public final class FrameWriter {
    private let store: SampleStore
    let stream: Timeline

    init(store: SampleStore, stream: Timeline) {
        self.store = store
        self.stream = stream
    }

    /// The timeline whose frames these are.
    public var timeline: TimelineID { stream.id }

    /// How many slots there are: a frame has at most so many values.
    public var width: Int { stream.writing.withLock { $0.seriesOfSlot.count } }

    /// The slot for a series' values, found or made. It stays the same until `release` or `close`.
    ///
    /// When the limits refuse the series, `sink` is where its values may be put instead. One that is vital may use the reserve.
    public func slot(for labels: Labels, isVital: Bool = false) throws(StorageRefusal) -> Int {
        try store.slot(forPacked: labels.packedBytes, in: stream, isVital: isVital)
    }

    /// A slot whose values are counted as refused and not stored, shared by all series that were refused.
    public var sink: Int {
        stream.writing.withLock { writing in
            if let sink = writing.sink { return sink }
            let slot = writing.newSlot(for: 0)
            writing.routes[slot] = .sink
            writing.sink = slot
            return slot
        }
    }

    /// Tells that the slot's series will not be written any more under this number; once its samples have aged out, the slot
    /// may go to another series. Without it the slot waits for its series as long as the writer lives.
    public func release(_ slot: Int) {
        stream.writing.withLock { $0.release(slot) }
    }

    /// Stores a frame: `values[slot]` for each slot, `MarkerNaN.absent` where there is no sample, as for slots beyond the
    /// values. Allocates nothing in the steady state.
    ///
    /// A frame at the time of the newest one may add values to it; values that are there already and differ are refused, and
    /// the first such refusal is thrown when the rest is stored.
    public func append(at timestamp: Timestamp, values: UnsafeBufferPointer<Double>) throws(StorageRefusal) {
        try store.checkBytes(samples: values.count)
        let (outcome, refusal) = stream.writing.withLock { writing in
            unsafe store.store(values, at: timestamp.rawValue, in: stream, &writing)
        }
        if !outcome.routed.isEmpty { store.store(outcome.routed, at: timestamp.rawValue, from: stream) }
        if let refusal { throw refusal }
    }

    /// Stores a sample with a time of its own for the series of a slot, which has a timeline of its own from then on.
    public func append(_ value: Double, at timestamp: Timestamp, slot: Int) throws(StorageRefusal) {
        let place = stream.writing.withLock { writing -> (series: UInt32, route: SlotRoute?) in
            guard slot >= 0, slot < writing.seriesOfSlot.count else { return (0, nil) }
            return (writing.seriesOfSlot[slot], writing.routes[slot])
        }
        switch place.route {
        case .sink: try store.refuseSample()
        case .dormant(let packed): try store.append(Labels(packedBytes: packed), timestamp, value)
        case .elsewhere(let series): try store.append(store.labels(of: series), timestamp, value)
        case nil where place.series != 0: try store.append(store.labels(of: place.series), timestamp, value)
        case nil: break
        }
    }

    /// Ends the timeline: every series that had a sample in the newest frame gets a staleness marker. Slots are given up;
    /// a writer that goes on asks for them again.
    public func close(at timestamp: Timestamp) {
        let outcome = stream.writing.withLock { writing -> Timeline.Outcome in
            let outcome = store.storeMarkers(at: timestamp.rawValue, in: stream, &writing)
            writing.isClosed = true
            for slot in writing.seriesOfSlot.indices { writing.release(slot) }
            return outcome
        }
        if !outcome.routed.isEmpty { store.store(outcome.routed, at: timestamp.rawValue, from: stream) }
    }
}

extension SampleStore {
    func labels(of series: UInt32) -> Labels {
        index.withLock { $0.labels(of: SeriesID(rawValue: series)) }
    }

    /// Counts a sample that has no place to go.
    func refuseSample() throws(StorageRefusal) {
        counters.withLock { $0.refusedSamples &+= 1 }
        throw .tooManySeries(count: index.withLock { $0.seriesCount }, limit: limits.maxSeries)
    }

    func store(
        _ values: UnsafeBufferPointer<Double>,
        at time: Int64,
        in stream: Timeline,
        _ writing: inout Timeline.Writing
    ) -> (outcome: Timeline.Outcome, refusal: StorageRefusal?) {
        guard values.count <= writing.seriesOfSlot.count else {
            return (Timeline.Outcome(), .frameTooWide(values: values.count, slots: writing.seriesOfSlot.count))
        }
        writing.isClosed = false
        if time > writing.newestTime || writing.newestTime == .min {
            let outcome = unsafe stream.append(time, values, to: &writing)
            noteFrame(of: stream, at: time)
            count(outcome)
            return (outcome, nil)
        }
        guard time == writing.newestTime else {
            let refused = unsafe values.count { !$0.isAbsent }
            counters.withLock { $0.outOfOrderSamples &+= UInt64(refused) }
            let newest = Timestamp(rawValue: writing.newestTime)
            return (Timeline.Outcome(), .outOfOrder(given: Timestamp(rawValue: time), newest: newest))
        }
        let (outcome, duplicates) = unsafe stream.amend(values, in: &writing)
        if outcome.stored > 0 {
            unsafe stream.newestRow { unsafe journal?.frameAmended(stream.id, at: time, values: $0) }
        }
        count(outcome)
        guard duplicates > 0 else { return (outcome, nil) }
        counters.withLock { $0.duplicateSamples &+= UInt64(duplicates) }
        return (outcome, .duplicate(at: Timestamp(rawValue: time)))
    }

    /// Tells the journal of the frame just stored.
    func noteFrame(of timeline: Timeline, at time: Int64) {
        guard let journal else { return }
        unsafe timeline.newestRow { unsafe journal.frameAppended(timeline.id, at: time, values: $0) }
    }

    /// A frame of staleness markers for whatever was still there in the newest one.
    func storeMarkers(
        at time: Int64,
        in stream: Timeline,
        _ writing: inout Timeline.Writing
    ) -> Timeline.Outcome {
        var markers: [Double] = []
        unsafe stream.newestRow { row in
            markers = unsafe row.map { $0.isAbsent || $0.isStaleMarker ? MarkerNaN.absent : MarkerNaN.stale }
        }
        for slot in writing.newestRouted where slot < markers.count { markers[slot] = MarkerNaN.stale }
        guard !writing.isClosed, markers.contains(where: \.isStaleMarker), time > writing.newestTime else {
            return Timeline.Outcome()
        }
        return unsafe markers.withUnsafeBufferPointer { unsafe store($0, at: time, in: stream, &writing).outcome }
    }
}
