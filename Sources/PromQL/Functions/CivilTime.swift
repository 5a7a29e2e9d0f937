/// A moment in the proleptic Gregorian calendar, UTC.
struct CivilTime: Sendable {
    private static let secondsPerDay: UInt64 = 86_400
    private static let daysPerCycle: UInt64 = 146_097

    /// Days since a first of March at the start of a cycle of 400 years, long before every moment that can be named.
    private let day: UInt64
    private let secondOfDay: UInt64

    /// Seconds since the epoch; the fraction is dropped towards zero.
    init(seconds: Double) {
        self.init(unixSeconds: CivilTime.whole(seconds))
    }

    init(unixSeconds: Int64) {
        // Go counts from year -292277022399 in unsigned arithmetic that wraps; so does this, that the moments at
        // the far ends (NaN is one of them) get the same dates. 306 days earlier a cycle begins.
        let absolute = UInt64(bitPattern: unixSeconds &+ 9_223_372_028_741_760_000)
        day = absolute / Self.secondsPerDay
        secondOfDay = absolute % Self.secondsPerDay
    }

    /// What a conversion yields on amd64: everything out of range, and NaN, is the most negative number.
    private static func whole(_ seconds: Double) -> Int64 {
        guard seconds >= -0x1p63, seconds < 0x1p63 else { return .min }
        return Int64(seconds)
    }

    static func covers(_ function: Function) -> Bool {
        switch function {
        case .hour, .minute, .month, .year, .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth: true
        default: false
        }
    }

    func field(_ function: Function) -> Double {
        switch function {
        case .hour: Double(secondOfDay / 3_600)
        case .minute: Double(secondOfDay % 3_600 / 60)
        case .dayOfWeek: Double((day + 3) % 7)
        case .dayOfMonth: Double(date.day)
        case .month: Double(date.month)
        case .year: Double(date.year)
        case .dayOfYear: Double(dayOfYear)
        default: Double(CivilTime.days(inMonth: date.month, leap: CivilTime.isLeap(date.year)))
        }
    }

    /// The moment as RFC 3339 writes it, in whole seconds.
    var rfc3339: String {
        func padded(_ number: some BinaryInteger, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let (year, month, day) = date
        let time = [secondOfDay / 3_600, secondOfDay % 3_600 / 60, secondOfDay % 60].map { padded($0, 2) }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(time.joined(separator: ":"))Z"
    }

    /// Years here begin in March, so that the leap day is the last of its year.
    var date: (year: Int64, month: Int, day: Int) {
        let (marchYear, dayOfMarchYear) = marchDate
        // From March on the months' lengths repeat 31 30 31 30 31 within 153 days.
        let marchMonth = (5 * dayOfMarchYear + 2) / 153
        let day = dayOfMarchYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (month <= 2 ? marchYear + 1 : marchYear, Int(month), Int(day))
    }

    private var dayOfYear: Int {
        let (year, month, day) = date
        var total = day
        for earlier in 1..<max(1, month) {
            total += CivilTime.days(inMonth: earlier, leap: CivilTime.isLeap(year))
        }
        return total
    }

    private var marchDate: (year: Int64, day: UInt64) {
        let cycle = day / Self.daysPerCycle
        let dayOfCycle = day % Self.daysPerCycle
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        return (Int64(cycle * 400 + yearOfCycle) - 292_277_022_400, dayOfYear)
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func days(inMonth month: Int, leap: Bool) -> Int {
        switch month {
        case 2: leap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
