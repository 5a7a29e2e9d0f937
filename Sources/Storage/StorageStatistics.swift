/// What the store holds and what it refused, for medic's own metrics.
public struct StorageStatistics: Hashable, Sendable {
    public var series = 0
    public var timelines = 0
    /// Columns of all timelines, those without a living series included.
    public var slots = 0
    /// Samples held now, staleness markers included.
    public var samples = 0
    /// Of those, samples in sealed segments.
    public var sealedSamples = 0
    /// Bytes of recent frames that are not sealed yet.
    public var rawBytes = 0
    /// Bytes of sealed segments, with their timestamps and offsets.
    public var sealedBytes = 0
    /// Bytes of labels, postings and column headers.
    public var indexBytes = 0
    /// Samples taken since the store was made.
    public var appendedSamples: UInt64 = 0
    public var outOfOrderSamples: UInt64 = 0
    public var duplicateSamples: UInt64 = 0
    /// Series refused because of `maxSeries`, each time one was asked for.
    public var refusedSeries: UInt64 = 0
    /// Samples refused because their series was, or because of `maxBytes`.
    public var refusedSamples: UInt64 = 0

    public var totalBytes: Int { rawBytes + sealedBytes + indexBytes }

    public init() {}
}
