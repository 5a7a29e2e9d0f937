import Metrics
public import YAML

/// Where the files of the time zone database come from; nil for a name that is not in it.
public typealias TimeZoneSource = @Sendable (_ name: String) -> TimeZoneRules?

extension Shape where Value == TimeInterval {
    /// An element of `time_intervals`, in Alertmanager's notation.
    public static func timeInterval(zones: @escaping TimeZoneSource) -> Shape<TimeInterval> {
        .structure("a time interval") { fields in
            TimeInterval(
                times: fields.optional("times", .list(of: .timesOfDay)),
                weekdays: fields.optional("weekdays", .list(of: .weekdays)),
                daysOfMonth: fields.optional("days_of_month", .list(of: .daysOfMonth)),
                months: fields.optional("months", .list(of: .months)),
                years: fields.optional("years", .list(of: .years)),
                location: fields.optional("location", .location(zones))
            )
        }
    }
}

extension Shape where Value == Placed<NamedTimeInterval> {
    /// An element of `time_intervals` and `mute_time_intervals`.
    public static func namedTimeInterval(zones: @escaping TimeZoneSource) -> Shape<Placed<NamedTimeInterval>> {
        .structure("a named time interval") { fields in
            let name = fields.required("name", Shape<String>.nonEmptyString.placed)
            let intervals = fields.value("time_intervals", .list(of: .timeInterval(zones: zones)), default: [])
            guard let name else { return nil }
            return Placed(NamedTimeInterval(name: name.value, intervals: intervals), range: name.range)
        }
    }
}

extension Shape where Value == TimeInterval.Location {
    /// The name of a time zone of the database.
    public static func location(_ zones: @escaping TimeZoneSource) -> Shape<TimeInterval.Location> {
        Shape("a time zone such as Europe/Berlin") { node, problems in
            guard let name = Shape<String>.string.decode(node, problems) else { return nil }
            if name.isEmpty || name == "UTC" { return TimeInterval.Location(name: "UTC", rules: .utc) }
            if let rules = zones(name) { return TimeInterval.Location(name: name, rules: rules) }
            problems.error(
                "config/unknown-time-zone",
                "unknown time zone \(name)",
                at: node.range,
                help: "names are those of the folder /usr/share/zoneinfo, such as Europe/Berlin; is tzdata installed?"
            )
            return nil
        }
    }
}

extension Shape where Value == Range<Int> {
    static var timesOfDay: Shape<Range<Int>> {
        .structure("a range of times of the day") { fields in
            let start = fields.required("start_time", .timeOfDay)
            let end = fields.required("end_time", .timeOfDay)
            guard let start, let end else { return nil }
            guard start < end else {
                fields.refuse(
                    "config/bad-time-interval",
                    "start time cannot be equal or greater than end time",
                    at: "end_time",
                    help: "for a range past midnight write two: one until 24:00 and one from 00:00"
                )
                return nil
            }
            return start..<end
        }
    }
}

extension Shape where Value == Int {
    /// `HH:MM` as minutes of the day; the day ends at 24:00.
    public static var timeOfDay: Shape<Int> {
        Shape("a time of the day such as 08:30") { node, problems in
            guard let text = Shape<String>.string.decode(node, problems) else { return nil }
            let bytes = Array(text.utf8)
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            if bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
                [0, 1, 3, 4].allSatisfy({ digits.contains(bytes[$0]) })
            {
                let hours = Int(bytes[0] - 48) * 10 + Int(bytes[1] - 48)
                let minutes = Int(bytes[3] - 48) * 10 + Int(bytes[4] - 48)
                if hours < 24 && minutes < 60 || hours == 24 && minutes == 0 { return hours * 60 + minutes }
            }
            problems.error(
                "config/bad-time-interval",
                "couldn't parse timestamp \(text), invalid format",
                at: node.range,
                help: "write HH:MM in quotes, from 00:00 to 24:00"
            )
            return nil
        }
    }
}

extension Shape where Value == ClosedRange<Int> {
    static var weekdays: Shape<ClosedRange<Int>> {
        let names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
        return .span("a weekday or a range such as monday:friday") { text throws(SpanProblem) in
            guard let day = names.firstIndex(of: text) else { throw SpanProblem("\(text) is not a valid weekday") }
            return day
        } check: { begin, end throws(SpanProblem) in
            guard begin <= end else {
                throw SpanProblem(
                    "start day cannot be before end day",
                    help: "the week begins on sunday: write two ranges"
                )
            }
        }
    }

    static var months: Shape<ClosedRange<Int>> {
        let names = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december",
        ]
        return .span("a month or a range such as march:june") { text throws(SpanProblem) in
            if let month = names.firstIndex(of: text) { return month + 1 }
            guard let month = Int(text), (1...12).contains(month) else {
                throw SpanProblem("\(text) is not a valid month")
            }
            return month
        } check: { begin, end throws(SpanProblem) in
            guard begin <= end else {
                throw SpanProblem("end month \(names[end - 1]) is before start month \(names[begin - 1])")
            }
        }
    }

    static var years: Shape<ClosedRange<Int>> {
        .span("a year or a range such as 2026:2028") { text throws(SpanProblem) in
            guard let year = Int(text) else { throw SpanProblem("\(text) is not a valid year") }
            return year
        } check: { begin, end throws(SpanProblem) in
            guard begin <= end else { throw SpanProblem("end year \(end) is before start year \(begin)") }
        }
    }

    private static func span(
        _ expectation: String,
        member: @escaping @Sendable (String) throws(SpanProblem) -> Int,
        check: @escaping @Sendable (Int, Int) throws(SpanProblem) -> Void
    ) -> Shape<ClosedRange<Int>> {
        Shape<(Int, Int)>.ends(expectation, member: member, check: check).map { $0.0...$0.1 }
    }
}

extension Shape where Value == TimeInterval.DayRange {
    static var daysOfMonth: Shape<TimeInterval.DayRange> {
        Shape<(Int, Int)>.ends("a day of the month or a range such as 1:5") { text throws(SpanProblem) in
            guard let day = Int(text) else { throw SpanProblem("\(text) is not a valid day of the month") }
            guard day != 0, (-31...31).contains(day) else {
                throw SpanProblem("\(day) is not a valid day of the month: out of range")
            }
            return day
        } check: { begin, end throws(SpanProblem) in
            if begin < 0 && end > 0 { throw SpanProblem("end day must be negative if start day is negative") }
            // No month is shorter than 28 days: what is wrong by that measure is always wrong.
            let shortest = (begin: begin < 0 ? 28 + begin : begin, end: end < 0 ? 28 + end : end)
            guard shortest.begin <= shortest.end else {
                throw SpanProblem("end day \(end) is always before start day \(begin)")
            }
        }
        .map { TimeInterval.DayRange($0.0, $0.1) }
    }
}

/// Why a text is no range of days, months or years.
struct SpanProblem: Error {
    let message: String
    let help: String?

    init(_ message: String, help: String? = nil) {
        self.message = message
        self.help = help
    }
}

extension Shape where Value == (Int, Int) {
    /// `begin:end`, or one member that is both. Case does not matter.
    static func ends(
        _ expectation: String,
        member: @escaping @Sendable (String) throws(SpanProblem) -> Int,
        check: @escaping @Sendable (Int, Int) throws(SpanProblem) -> Void
    ) -> Shape<(Int, Int)> {
        Shape(expectation) { node, problems in
            guard let text = Shape<String>.string.decode(node, problems)?.lowercased() else { return nil }
            do throws(SpanProblem) {
                let parts = text.split(separator: ":", omittingEmptySubsequences: false)
                guard (1...2).contains(parts.count) else {
                    throw SpanProblem("couldn't parse range \(text), invalid format")
                }
                let begin = try member(String(parts[0]))
                let end = parts.count == 2 ? try member(String(parts[1])) : begin
                try check(begin, end)
                return (begin, end)
            } catch {
                problems.error(
                    "config/bad-time-interval",
                    error.message,
                    at: node.range,
                    help: error.help ?? "expected \(expectation)"
                )
                return nil
            }
        }
    }
}
