extension Timestamp {
    /// Reads a moment as RFC 3339 writes it: `2026-03-01T12:00:00Z`, `2026-03-01T12:00:00.5+02:00`. Fractions of a
    /// millisecond are dropped. Nil when the text is anything else.
    public init?(rfc3339 text: String) {
        var reader = RFC3339Reader(text)
        guard let moment = reader.moment() else { return nil }
        self = moment
    }

    /// The moment in UTC as RFC 3339 writes it; milliseconds only where there are any: `2026-03-01T12:00:00.500Z`.
    ///
    /// Years beyond four digits are written as they are, although the standard has no room for them.
    public var rfc3339Text: String {
        let (days, dayMilliseconds) = rawValue.dividedDown(by: 86_400_000)
        let date = CalendarDate(daysSinceEpoch: days)
        let (second, fraction) = (dayMilliseconds / 1_000, dayMilliseconds % 1_000)
        let time = [second / 3_600, second / 60 % 60, second % 60].map { Self.digits($0, 2) }
        let day = "\(Self.digits(date.year, 4))-\(Self.digits(date.month, 2))-\(Self.digits(date.day, 2))"
        return "\(day)T\(time.joined(separator: ":"))" + (fraction > 0 ? "." + Self.digits(fraction, 3) : "") + "Z"
    }

    private static func digits(_ number: Int64, _ width: Int) -> String {
        let text = String(number.magnitude)
        let zeros = String(repeating: "0", count: Swift.max(0, width - text.utf8.count))
        return (number < 0 ? "-" : "") + zeros + text
    }
}

/// A day of the Gregorian calendar, extended to all times.
package struct CalendarDate {
    package var year: Int64
    package var month: Int64
    package var day: Int64

    package init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    // Counted in cycles of 400 years that begin on a first of March, so that the leap day comes last.
    private static let daysPerCycle: Int64 = 146_097
    /// The days from the first of March of the year 0 to the epoch.
    private static let daysBeforeEpoch: Int64 = 719_468

    package init(daysSinceEpoch days: Int64) {
        let (cycle, day) = (days + Self.daysBeforeEpoch).dividedDown(by: Self.daysPerCycle)
        let yearOfCycle = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0)
    }

    package var daysSinceEpoch: Int64 {
        let (cycle, yearOfCycle) = (month <= 2 ? year - 1 : year).dividedDown(by: 400)
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
        return cycle * Self.daysPerCycle + dayOfCycle - Self.daysBeforeEpoch
    }
}

extension Int64 {
    /// The quotient rounded towards negative infinity, and the remainder that is never negative.
    fileprivate func dividedDown(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private struct RFC3339Reader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func moment() -> Timestamp? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
            skip("T") || skip("t") || skip(" "), let hour = number(2), skip(":"), let minute = number(2), skip(":"),
            let second = number(2)
        else { return nil }
        guard let fraction = milliseconds(), let offset = offset(), place == bytes.count else { return nil }
        let date = CalendarDate(year: year, month: month, day: day)
        let isValid = (1...12).contains(month) && hour < 24 && minute < 60 && second < 60
        guard isValid, day >= 1 else { return nil }
        // A day that the month does not have would come back as another one.
        let again = CalendarDate(daysSinceEpoch: date.daysSinceEpoch)
        guard again.month == month, again.day == day else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return Timestamp(milliseconds: seconds * 1_000 + fraction)
    }

    private mutating func number(_ width: Int) -> Int64? {
        guard place + width <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[place..<place + width] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        place += width
        return value
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard place < bytes.count, UInt32(bytes[place]) == character.value else { return false }
        place += 1
        return true
    }

    /// The fraction of a second; zero where there is none, nil where digits are missing.
    private mutating func milliseconds() -> Int64? {
        guard skip(".") else { return 0 }
        var value: Int64 = 0
        var count = 0
        while let digit = number(1) {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        while count > 0 && count < 3 {
            value *= 10
            count += 1
        }
        return count > 0 ? value : nil
    }

    /// The seconds that local time is ahead of UTC.
    private mutating func offset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let isBehind = skip("-")
        guard isBehind || skip("+"), let hour = number(2), skip(":"), let minute = number(2), hour < 24, minute < 60
        else { return nil }
        let seconds = hour * 3_600 + minute * 60
        return isBehind ? -seconds : seconds
    }
}
