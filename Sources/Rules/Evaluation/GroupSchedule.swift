public import Metrics

/// When a group's evaluations are due: at its interval, from an offset that is the group's own and the same after every
/// restart, so that groups do not all wake at once and their times can be compared from day to day.
public struct GroupSchedule: Sendable, Hashable {
    public let interval: Milliseconds
    /// The offset within the interval.
    public let offset: Milliseconds

    /// `key` names the group: its file and its name.
    public init(interval: Milliseconds, key: String) {
        self.interval = Milliseconds(Swift.max(1, interval.rawValue))
        offset = Milliseconds(Int64(Self.hash(key) % UInt64(self.interval.rawValue)))
    }

    /// The last evaluation time that is due at or before the moment.
    public func due(at now: Timestamp) -> Timestamp {
        let (_, remainder) = floorDivide(now.rawValue.subtractingReportingOverflow(offset.rawValue).partialValue)
        return now - Milliseconds(remainder)
    }

    /// The evaluation after `previous` that should happen at `now`, and how many in between were missed and are not made up for.
    public func next(after previous: Timestamp, now: Timestamp) -> (at: Timestamp, missed: Int) {
        let following = previous + interval
        let latest = due(at: now)
        guard latest > following else { return (following, 0) }
        return (latest, Int((latest - following).rawValue / interval.rawValue))
    }

    private func floorDivide(_ value: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: interval.rawValue)
        return remainder < 0 ? (quotient - 1, remainder + interval.rawValue) : (quotient, remainder)
    }

    /// FNV-1a: stable across versions and restarts, which the standard library's hash is not.
    private static func hash(_ key: String) -> UInt64 {
        key.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
