internal import CLinux
internal import Glibc

/// A moment on the machine's monotonic clock, in nanoseconds: for timeouts, retries and durations.
///
/// It never steps, and it stands still while the machine sleeps. It means nothing to another machine or after a boot.
public struct MonotonicInstant: Hashable, Comparable, Sendable {
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static var now: MonotonicInstant {
        MonotonicInstant(nanoseconds: reading(of: CLOCK_MONOTONIC))
    }

    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    public static func + (instant: Self, span: Duration) -> Self {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(span.wholeNanoseconds)
        return Self(nanoseconds: overflow ? (span < .zero ? .min : .max) : sum)
    }

    public static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(left.nanoseconds &- right.nanoseconds)
    }
}

/// The clock on the wall: the one that samples carry and that operators read. It may step in either direction.
public enum WallClock {
    /// Milliseconds since the Unix epoch.
    public static var now: Int64 {
        reading(of: CLOCK_REALTIME) / 1_000_000
    }
}

extension Duration {
    /// The span in nanoseconds, at the ends of the range where it is longer than 292 years.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, tooFar) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return tooFar ? (seconds < 0 ? .min : .max) : sum
    }
}

private func reading(of clock: clockid_t) -> Int64 {
    var time = timespec()
    // Both clocks exist on every Linux, so the call cannot fail.
    _ = unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
