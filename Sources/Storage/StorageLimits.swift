public import Metrics

/// How much the store may hold. At a limit it refuses what is new and keeps what it has.
public struct StorageLimits: Hashable, Sendable {
    /// Series in the index, because each costs memory even when it is silent.
    public var maxSeries: Int
    /// Bytes of samples and index together, because a host agent must never be the process that is killed.
    public var maxBytes: Int
    /// How long samples are of use. The owner calls `dropSamples(before:)` with it; the store has no clock.
    public var retention: Milliseconds

    /// So many of them are kept for series that tell how things are, such as whether a target is up: when there is room for nothing else, those
    /// are needed most.
    public var vitalReserve: Int { Swift.min(maxSeries / 20, 10_000) }

    public init(maxSeries: Int = 2_000_000, maxBytes: Int = 4 << 30, retention: Milliseconds = .hours(24)) {
        self.maxSeries = maxSeries
        self.maxBytes = maxBytes
        self.retention = retention
    }
}

/// Why samples or a series were not taken.
public enum StorageRefusal: Error, Hashable, Sendable {
    case tooManySeries(count: Int, limit: Int)
    case tooManyBytes(used: Int, limit: Int)
    /// All numbers for series, timelines or label texts have been given out.
    case identifiersExhausted
    /// Older than the newest sample of the series or the newest frame of the timeline.
    case outOfOrder(given: Timestamp, newest: Timestamp)
    /// The moment has a sample already, with another value.
    case duplicate(at: Timestamp)
    /// More values than the timeline has slots.
    case frameTooWide(values: Int, slots: Int)
}

extension StorageRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooManySeries(let count, let limit):
            "the limit of \(limit) series is reached (\(count) in use\(count < limit ? ", the rest is kept for up and the like" : "")): "
                + "drop labels or metrics, or raise the limit"
        case .tooManyBytes(let used, let limit):
            "the limit of \(limit) bytes for samples is reached (\(used) in use): shorten the retention, or raise the limit"
        case .identifiersExhausted:
            "no more series can be numbered in the life of this process: restart it"
        case .outOfOrder(let given, let newest):
            "out of order sample: its time \(given.rawValue) ms is before \(newest.rawValue) ms, the newest one stored"
        case .duplicate(let time):
            "duplicate sample for timestamp: there is another value at \(time.rawValue) ms already"
        case .frameTooWide(let values, let slots):
            "a frame of \(values) values for \(slots) slots: each value needs a slot defined before"
        }
    }
}
