/// Hears of everything that changes a store, so that it can be written down and replayed.
///
/// Each call is made under the write lock of the timeline it names, so for one timeline the order of calls is the order of
/// changes. A journal must be quick, and must not call back into the store.
public protocol SampleJournal: Sendable {
    /// A timeline begins; one that is solo serves a single series with timestamps of its own.
    func timelineOpened(_ timeline: TimelineID, name: String, isSolo: Bool)
    /// From `since` (ms) on, the series with these labels (packed) lives in this slot.
    func slotDefined(_ timeline: TimelineID, slot: Int, since: Int64, packedLabels: [UInt8])
    /// A frame was stored, with a value for every slot; what went elsewhere is not in it.
    func frameAppended(_ timeline: TimelineID, at time: Int64, values: UnsafeBufferPointer<Double>)
    /// The newest frame was given values for slots that had none; `values` is the whole frame as it is now.
    func frameAmended(_ timeline: TimelineID, at time: Int64, values: UnsafeBufferPointer<Double>)
    /// Samples before `time` (ms) are gone.
    func samplesDropped(before time: Int64)
}
