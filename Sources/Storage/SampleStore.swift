public import Metrics
import Synchronization

/// Samples in memory, and which series they belong to.
///
/// Many readers beside many writers. A writer that stores a frame takes the locks of its own timeline only; the index is
/// locked when series come and go. Locks are taken in this order: `structure`, a timeline's `writing`, `index`, a timeline's
/// `published`; and `timelines` and `counters` may be taken under any of them.
public final class SampleStore: Sendable {
    public let limits: StorageLimits
    /// Held while series are made, moved or removed, so that these happen one after the other.
    let structure = Mutex(Structure())
    let index = Mutex(SeriesIndex())
    let timelines = Mutex<[TimelineID: Timeline]>([:])
    let counters = Mutex(StorageStatistics())
    let bytes = Atomic<Int>(0)
    private let hook = Mutex<(any SampleJournal)?>(nil)

    struct Structure {
        var nextTimeline: UInt32 = 1
        var timelineOfName: [String: TimelineID] = [:]
    }

    public init(limits: StorageLimits = StorageLimits()) {
        self.limits = limits
    }

    /// Who is told of every change from now on; to be set before there are writers.
    public var journal: (any SampleJournal)? {
        get { hook.withLock { $0 } }
        set { hook.withLock { $0 = newValue } }
    }
}

// MARK: - Reading

extension SampleStore {
    /// Lends the index. `body` keeps new series waiting, so it should be short, and it must not call back into the store.
    public func readIndex<R, E: Error>(_ body: (borrowing SeriesIndex) throws(E) -> R) throws(E) -> R {
        var result: R?
        try index.withLock { index throws(E) in
            result = try body(index)
        }
        // The line above either sets it or throws.
        return result!
    }

    /// A timeline as it is now, at the cost of a few retains; without frames when there is no such timeline any more.
    public func view(of timeline: TimelineID) -> TimelineView {
        self.timeline(timeline)?.view() ?? .empty
    }

    func timeline(_ id: TimelineID) -> Timeline? {
        timelines.withLock { $0[id] }
    }

    public var statistics: StorageStatistics {
        var result = counters.withLock { $0 }
        (result.series, result.indexBytes) = index.withLock { ($0.seriesCount, $0.byteCount) }
        let all = timelines.withLock { Array($0.values) }
        result.timelines = all.count
        for timeline in all {
            result.slots += timeline.published.withLock { $0.lastIrregular.count }
        }
        // Each slot has a series number and an irregular frame; each timeline its headers.
        result.indexBytes += result.slots * 8 + all.count * 400
        return result
    }
}

// MARK: - Writing

extension SampleStore {
    /// A writer of frames for a target or a rule group. A timeline of this name that is still here is continued.
    public func openTimeline(named name: String) throws(StorageRefusal) -> FrameWriter {
        try structure.withLock { structure throws(StorageRefusal) in
            if let id = structure.timelineOfName[name], let known = timeline(id) {
                known.writing.withLock { $0.isClosed = false }
                return FrameWriter(store: self, stream: known)
            }
            let timeline = try makeTimeline(named: name, isSolo: false, &structure)
            structure.timelineOfName[name] = timeline.id
            return FrameWriter(store: self, stream: timeline)
        }
    }

    /// Stores one sample with a time of its own. Its series lives in a timeline of its own from then on.
    ///
    /// A sample that repeats the newest one exactly is taken silently, as Prometheus does.
    public func append(_ labels: Labels, _ timestamp: Timestamp, _ value: Double) throws(StorageRefusal) {
        try structure.withLock { structure throws(StorageRefusal) in
            try checkBytes(samples: 1)
            let series = try self.series(packedLabels: labels.packedBytes)
            guard let home = currentHome(of: series) else {
                let solo = try makeSolo(for: series, since: .min, &structure)
                return try appendSolo(solo, timestamp.rawValue, value)
            }
            try append(value, at: timestamp.rawValue, toSeries: series, at: home, &structure)
        }
    }

    func makeTimeline(
        named name: String,
        isSolo: Bool,
        _ structure: inout Structure
    ) throws(StorageRefusal) -> Timeline {
        guard structure.nextTimeline < UInt32.max else { throw .identifiersExhausted }
        let id = TimelineID(rawValue: structure.nextTimeline)
        structure.nextTimeline += 1
        let timeline = Timeline(id: id, name: name, isSolo: isSolo)
        timelines.withLock { $0[id] = timeline }
        journal?.timelineOpened(id, name: name, isSolo: isSolo)
        return timeline
    }

    /// Refuses when the store is full, and counts what it refuses.
    func checkBytes(samples: Int) throws(StorageRefusal) {
        let used = bytes.load(ordering: .relaxed)
        guard used >= limits.maxBytes else { return }
        counters.withLock { $0.refusedSamples &+= UInt64(samples) }
        throw .tooManyBytes(used: used, limit: limits.maxBytes)
    }

    /// Books what an append has changed.
    func count(_ outcome: Timeline.Outcome) {
        counters.withLock { counters in
            counters.appendedSamples &+= UInt64(outcome.stored)
            counters.samples += outcome.stored
            counters.rawBytes += outcome.rawBytes
            counters.sealedBytes += outcome.sealedBytes
            counters.sealedSamples += outcome.sealedSamples
        }
        let change = outcome.rawBytes + outcome.sealedBytes
        if change != 0 { bytes.add(change, ordering: .relaxed) }
    }
}
