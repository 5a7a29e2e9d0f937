import Synchronization

// For whoever reads everything that comes in, in the order in which it came, rather than the series of a query.
extension SampleStore {
    /// A timeline as it can be found again after a restart.
    public struct TimelineFacts: Sendable, Hashable {
        public let id: TimelineID
        /// What its writer calls it; empty for the timeline of a single series that has times of its own.
        public let name: String
    }

    /// All timelines that there are, the oldest first.
    public var allTimelines: [TimelineFacts] {
        timelines.withLock { $0.values.map { TimelineFacts(id: $0.id, name: $0.name) } }
            .sorted { $0.id.rawValue < $1.id.rawValue }
    }

    /// The series that a timeline's slots belong to; nil for a slot that belongs to none any more.
    public func seriesOfSlots(in timeline: TimelineID) -> [SeriesID?] {
        guard let known = self.timeline(timeline) else { return [] }
        return known.writing.withLock { writing in
            writing.seriesOfSlot.map { $0 == 0 ? nil : SeriesID(rawValue: $0) }
        }
    }
}
