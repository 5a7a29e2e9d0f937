import Metrics

/// A rule for the clocks of every year, as the last line of a time zone file writes it: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct PosixTimeZone: Hashable, Sendable {
    private typealias Offset = TimeZoneRules.Offset

    /// A moment of each year, in local time.
    private enum Change: Hashable, Sendable {
        /// The week 5 is the last one of the month; Sunday is zero.
        case weekday(month: Int, week: Int, day: Int, seconds: Int)
        /// From 1 to 365; the leap day is never counted.
        case plainDay(Int, seconds: Int)
        /// From 0 to 365, leap days counted.
        case day(Int, seconds: Int)
    }

    private let standard: TimeZoneRules.Offset
    private let summer: TimeZoneRules.Offset?
    private let begin: Change
    private let end: Change

    init?(_ text: String) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let name = reader.name(), let west = reader.time() else { return nil }
        standard = .init(seconds: -west, name: name)
        guard let summerName = reader.name() else {
            summer = nil
            (begin, end) = (.day(0, seconds: 0), .day(0, seconds: 0))
            guard reader.rest.isEmpty else { return nil }
            return
        }
        let summerWest = reader.time() ?? (west - 3600)
        summer = .init(seconds: -summerWest, name: summerName)
        guard reader.skip(","), let begin = reader.change(), reader.skip(","), let end = reader.change() else {
            return nil
        }
        (self.begin, self.end) = (begin, end)
    }

    func offset(at seconds: Int64) -> TimeZoneRules.Offset {
        guard let summer else { return standard }
        let local = seconds + Int64(standard.seconds)
        let year = CalendarDate(daysSinceEpoch: local.floorDivided(by: 86_400)).year
        let from = Self.moment(begin, in: year) - Int64(standard.seconds)
        let to = Self.moment(end, in: year) - Int64(summer.seconds)
        // South of the equator summer begins in one year and ends in the next.
        let isSummer = from < to ? (from..<to).contains(seconds) : !(to..<from).contains(seconds)
        return isSummer ? summer : standard
    }

    private static func moment(_ change: Change, in year: Int64) -> Int64 {
        let newYear = CalendarDate(year: year, month: 1, day: 1).daysSinceEpoch
        switch change {
        case .day(let day, let seconds): return (newYear + Int64(day)) * 86_400 + Int64(seconds)
        case .plainDay(let day, let seconds):
            let isLeap = CalendarDate(daysSinceEpoch: newYear + 59).month == 2
            return (newYear + Int64(day - 1 + (isLeap && day >= 60 ? 1 : 0))) * 86_400 + Int64(seconds)
        case .weekday(let month, let week, let day, let seconds):
            let first = CalendarDate(year: year, month: Int64(month), day: 1).daysSinceEpoch
            var date = first + Int64((day - weekday(first) + 7) % 7) + Int64(7 * (week - 1))
            // The fifth may be more than the month has.
            if CalendarDate(daysSinceEpoch: date).month != Int64(month) { date -= 7 }
            return date * 86_400 + Int64(seconds)
        }
    }

    private static func weekday(_ days: Int64) -> Int { Int((days + 4) - (days + 4).floorDivided(by: 7) * 7) }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func name() -> String? {
            if skip("<") {
                let name = rest.prefix { $0 != UInt8(ascii: ">") }
                rest = rest.dropFirst(name.count + 1)
                return String(decoding: name, as: UTF8.self)
            }
            let name = rest.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
            guard name.count >= 3 else { return nil }
            rest = rest.dropFirst(name.count)
            return String(decoding: name, as: UTF8.self)
        }

        mutating func number(upTo limit: Int) -> Int? {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let value = Int(String(decoding: digits, as: UTF8.self)), value <= limit else { return nil }
            rest = rest.dropFirst(digits.count)
            return value
        }

        /// `hh[:mm[:ss]]` with a sign, in seconds.
        mutating func time() -> Int? {
            let isNegative = skip("-")
            if !isNegative { _ = skip("+") }
            guard let hours = number(upTo: 167) else { return nil }
            var seconds = hours * 3600
            if skip(":") {
                guard let minutes = number(upTo: 59) else { return nil }
                seconds += minutes * 60
                if skip(":") {
                    guard let rest = number(upTo: 59) else { return nil }
                    seconds += rest
                }
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            if skip("M") {
                guard let month = number(upTo: 12), month > 0, skip("."), let week = number(upTo: 5), week > 0,
                    skip("."), let day = number(upTo: 6), let seconds = timeOfDay()
                else { return nil }
                return .weekday(month: month, week: week, day: day, seconds: seconds)
            }
            let isPlain = skip("J")
            guard let day = number(upTo: 365), !isPlain || day > 0, let seconds = timeOfDay() else { return nil }
            return isPlain ? .plainDay(day, seconds: seconds) : .day(day, seconds: seconds)
        }

        private mutating func timeOfDay() -> Int? { skip("/") ? time() : 7200 }
    }
}

extension Int64 {
    /// The quotient rounded towards negative infinity.
    func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
