/// A moment with a zone to show it in, as Go's `time.Time`.
public struct TemplateTime: Sendable, Hashable {
    /// A zone at a moment: seconds east of Greenwich, and the name it is shown with.
    public struct Zone: Sendable, Hashable {
        public let offset: Int
        public let name: String

        public init(offset: Int, name: String) {
            // Beyond a day no zone exists; the bound keeps arithmetic from overflowing.
            self.offset = min(max(offset, -172_800), 172_800)
            self.name = name
        }

        public static let utc = Zone(offset: 0, name: "UTC")
    }

    /// Since the Unix epoch; Go's zero time is in the year 1.
    public let seconds: Int64
    /// Below a thousand million.
    public let nanoseconds: Int64
    public let zone: Zone

    // The years 1 to about 292 thousand million, less what a zone could overflow.
    private static let bounds: ClosedRange<Int64> = (-62_135_596_800 - 172_800)...(1 << 60)

    public init(seconds: Int64, nanoseconds: Int64 = 0, zone: Zone = .utc) {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let carry = rest < 0 ? whole - 1 : whole
        let (sum, overflow) = seconds.addingReportingOverflow(carry)
        self.seconds = min(max(overflow ? seconds : sum, Self.bounds.lowerBound), Self.bounds.upperBound)
        self.nanoseconds = rest < 0 ? rest + 1_000_000_000 : rest
        self.zone = zone
    }

    public init(milliseconds: Int64) {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        self.init(seconds: seconds, nanoseconds: rest * 1_000_000)
    }

    /// Go's time before any other, which stands for no time at all.
    public static let zero = TemplateTime(seconds: -62_135_596_800)

    public func shown(in zone: Zone) -> TemplateTime {
        TemplateTime(seconds: seconds, nanoseconds: nanoseconds, zone: zone)
    }

    func adding(_ duration: TemplateDuration) -> TemplateTime {
        let (whole, rest) = duration.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return TemplateTime(seconds: seconds + whole, nanoseconds: nanoseconds + rest, zone: zone)
    }

    /// The time since another, at the ends of its range where that is too long.
    func since(_ other: TemplateTime) -> TemplateDuration {
        let (product, overflow) = (seconds - other.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowToo) = product.addingReportingOverflow(nanoseconds - other.nanoseconds)
        guard !overflow, !overflowToo else {
            return TemplateDuration(nanoseconds: seconds < other.seconds ? .min : .max)
        }
        return TemplateDuration(nanoseconds: sum)
    }

    static func isBefore(_ left: TemplateTime, _ right: TemplateTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    static func isSame(_ left: TemplateTime, _ right: TemplateTime) -> Bool {
        (left.seconds, left.nanoseconds) == (right.seconds, right.nanoseconds)
    }

    /// Year, month, day and the rest, as a clock in the time's zone shows them.
    var civil: CivilTime { CivilTime(secondsOnTheClock: seconds + Int64(zone.offset)) }
}

/// The parts of a moment in the Gregorian calendar.
struct CivilTime {
    let year: Int64
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    /// Sunday is zero.
    let weekday: Int
    /// The first of January is one.
    let dayOfYear: Int

    init(secondsOnTheClock seconds: Int64) {
        let days = seconds.floorDivided(by: 86_400)
        let ofDay = Int(seconds - days * 86_400)
        (hour, minute, second) = (ofDay / 3600, ofDay / 60 % 60, ofDay % 60)
        weekday = Int((days + 4) - (days + 4).floorDivided(by: 7) * 7)
        // Counted from the first of March 0000, so that a leap day is the last of its year; 146,097 days make 400 years.
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayFromMarch + 2) / 153
        day = Int(dayFromMarch - (153 * monthFromMarch + 2) / 5) + 1
        month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1]
        dayOfYear = before + day + (isLeap && month > 2 ? 1 : 0)
    }

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
