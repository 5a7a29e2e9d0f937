/// The moments at which an expression is evaluated in one go: all of a query's, or a stretch of them.
struct Steps {
    /// The first moment, in milliseconds.
    var start: Int64
    /// The distance between two moments, in milliseconds; at least 1.
    var interval: Int64
    var count: Int
    /// Whether there is only one moment in all, of which the order of the answer may matter.
    var isInstant: Bool

    func time(_ step: Int) -> Int64 { start &+ Int64(truncatingIfNeeded: step) &* interval }

    var end: Int64 { time(count - 1) }

    static func instant(at time: Int64) -> Steps {
        Steps(start: time, interval: 1, count: 1, isInstant: true)
    }

    /// The moments from `start` to `end`, nil when there are none.
    static func covering(_ start: Int64, _ end: Int64, every interval: Int64) -> Steps? {
        guard end >= start, interval > 0 else { return nil }
        let (span, overflow) = end.subtractingReportingOverflow(start)
        guard !overflow else { return nil }
        let count = Int(span / interval) + 1
        return Steps(start: start, interval: interval, count: count, isInstant: count == 1)
    }

    /// The stretch of these moments from step `first` on, at most `limit` of them.
    func stretch(from first: Int, limit: Int) -> Steps {
        Steps(start: time(first), interval: interval, count: min(limit, count - first), isInstant: isInstant)
    }
}

/// When a query as a whole begins and ends, which `start()`, `end()`, `step()`, `range()` and `@` refer to.
struct QueryTimes: Equatable {
    var start: Int64
    var end: Int64
    /// Zero for an instant query.
    var step: Int64

    /// A moment near enough to the epoch that windows and offsets cannot take it over the edge of 64 bits.
    static func bounded(_ time: Int64) -> Int64 { min(max(time, -(1 << 60)), 1 << 60) }
}
