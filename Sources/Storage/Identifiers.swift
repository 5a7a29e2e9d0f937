/// A series: a number that is given once and never to another series, in ascending order of creation.
public struct SeriesID: RawRepresentable, Hashable, Comparable, Sendable {
    public var rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A source of frames: a target, a rule group, or one series with timestamps of its own.
public struct TimelineID: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

/// Where the samples of a series are, from a moment on until the next home of that series begins.
public struct Home: Hashable, Sendable {
    public var timeline: TimelineID
    /// The column in that timeline.
    public var slot: Int
    /// The first timestamp (ms) that this home answers for; samples before it in the same column do not count.
    public var since: Int64

    public init(timeline: TimelineID, slot: Int, since: Int64) {
        self.timeline = timeline
        self.slot = slot
        self.since = since
    }
}

/// A label's name or value as a number. Values of one name are equal exactly when their symbols are; a symbol keeps its
/// meaning as long as a series uses it.
public struct Symbol: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The series has no such label.
    public static let absent = Symbol(rawValue: 0)
}
