/// A span of time in whole milliseconds, the resolution of samples and of PromQL. May be negative.
public struct Milliseconds: RawRepresentable, Hashable, Comparable, Sendable {
    public var rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public init(_ count: Int64) {
        rawValue = count
    }

    public static let zero = Milliseconds(0)

    public static func seconds(_ count: Int64) -> Milliseconds { Milliseconds(count * 1_000) }
    public static func minutes(_ count: Int64) -> Milliseconds { Milliseconds(count * 60_000) }
    public static func hours(_ count: Int64) -> Milliseconds { Milliseconds(count * 3_600_000) }
    public static func days(_ count: Int64) -> Milliseconds { Milliseconds(count * 86_400_000) }

    /// The span as a number of seconds.
    public var seconds: Double { Double(rawValue) / 1_000 }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    /// Sums saturate: a span at either end of the range stays there.
    public static func + (left: Self, right: Self) -> Self { Self(left.rawValue.addingSaturated(right.rawValue)) }
    public static func - (left: Self, right: Self) -> Self { Self(left.rawValue.subtractingSaturated(right.rawValue)) }
    public static prefix func - (span: Self) -> Self { Self.zero - span }
}

/// A moment: whole milliseconds since the Unix epoch.
///
/// This is evaluation time, the one that samples carry and a replay repeats; timeouts are measured on another clock.
public struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable {
    public var rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public init(milliseconds: Int64) {
        rawValue = milliseconds
    }

    public static let epoch = Timestamp(milliseconds: 0)

    /// The moment as seconds since the epoch.
    public var seconds: Double { Double(rawValue) / 1_000 }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    /// Sums saturate: a moment at either end of time stays there.
    public static func + (time: Self, span: Milliseconds) -> Self {
        Self(rawValue: time.rawValue.addingSaturated(span.rawValue))
    }
    public static func - (time: Self, span: Milliseconds) -> Self {
        Self(rawValue: time.rawValue.subtractingSaturated(span.rawValue))
    }
    public static func - (left: Self, right: Self) -> Milliseconds {
        Milliseconds(left.rawValue.subtractingSaturated(right.rawValue))
    }
}

extension Int64 {
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}
