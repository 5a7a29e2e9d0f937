public import Metrics

/// A repeating span of time: these hours of these days. What is not given does not matter.
public struct TimeInterval: Hashable, Sendable {
    /// Minutes of a day; the end is not part of it.
    public var times: [Range<Int>]?
    /// Sunday is zero.
    public var weekdays: [ClosedRange<Int>]?
    /// Negative days count from the end of the month; -1 is its last.
    public var daysOfMonth: [DayRange]?
    public var months: [ClosedRange<Int>]?
    public var years: [ClosedRange<Int>]?
    /// Whose clocks are meant; Greenwich unless told otherwise.
    public var location: Location?

    public init(
        times: [Range<Int>]? = nil,
        weekdays: [ClosedRange<Int>]? = nil,
        daysOfMonth: [DayRange]? = nil,
        months: [ClosedRange<Int>]? = nil,
        years: [ClosedRange<Int>]? = nil,
        location: Location? = nil
    ) {
        self.times = times
        self.weekdays = weekdays
        self.daysOfMonth = daysOfMonth
        self.months = months
        self.years = years
        self.location = location
    }

    /// The ends as they were written, since the length of the month decides what negative ones mean.
    public struct DayRange: Hashable, Sendable {
        public let begin: Int
        public let end: Int

        public init(_ begin: Int, _ end: Int) {
            self.begin = begin
            self.end = end
        }

        func contains(_ day: Int, monthLength: Int) -> Bool {
            let first = begin < 0 ? monthLength + begin + 1 : begin
            let last = end < 0 ? monthLength + end + 1 : end
            // A range that begins after the end of a short month is not in that month at all.
            guard first <= monthLength else { return false }
            return day >= first && day <= min(last, monthLength)
        }
    }

    public struct Location: Hashable, Sendable {
        public let name: String
        public let rules: TimeZoneRules

        public init(name: String, rules: TimeZoneRules) {
            self.name = name
            self.rules = rules
        }
    }

    public func contains(_ time: Timestamp) -> Bool {
        let seconds = time.rawValue.floorDivided(by: 1000)
        let local = seconds + Int64(location?.rules.offset(at: seconds).seconds ?? 0)
        let days = local.floorDivided(by: 86_400)
        let date = CalendarDate(daysSinceEpoch: days)
        let minute = Int((local - days * 86_400) / 60)
        let weekday = Int((days + 4) - (days + 4).floorDivided(by: 7) * 7)
        if let times, !times.contains(where: { $0.contains(minute) }) { return false }
        if let daysOfMonth {
            let length = Self.length(ofMonth: date)
            guard daysOfMonth.contains(where: { $0.contains(Int(date.day), monthLength: length) }) else { return false }
        }
        if let months, !months.contains(where: { $0.contains(Int(date.month)) }) { return false }
        if let weekdays, !weekdays.contains(where: { $0.contains(weekday) }) { return false }
        if let years, !years.contains(where: { $0.contains(Int(date.year)) }) { return false }
        return true
    }

    private static func length(ofMonth date: CalendarDate) -> Int {
        let first = CalendarDate(year: date.year, month: date.month, day: 1)
        let next =
            date.month == 12
            ? CalendarDate(year: date.year + 1, month: 1, day: 1)
            : CalendarDate(year: date.year, month: date.month + 1, day: 1)
        return Int(next.daysSinceEpoch - first.daysSinceEpoch)
    }
}

/// Intervals under a name by which routes refer to them.
public struct NamedTimeInterval: Hashable, Sendable {
    public let name: String
    public let intervals: [TimeInterval]

    public init(name: String, intervals: [TimeInterval]) {
        self.name = name
        self.intervals = intervals
    }

    /// Whether the moment is in any of them.
    public func contains(_ time: Timestamp) -> Bool { intervals.contains { $0.contains(time) } }
}
