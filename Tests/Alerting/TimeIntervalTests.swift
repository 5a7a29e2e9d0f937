import Diagnostics
import Foundation
import Metrics
import Testing
import YAML

@testable import Alerting

@Suite struct `Time intervals` {
    /// The time zones of this machine.
    static let zones: TimeZoneSource = { name in
        FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)").flatMap { TimeZoneRules(file: Array($0)) }
    }

    static func read(_ text: String) -> (interval: Alerting.TimeInterval?, problems: [String]) {
        let source = SourceText(text: text)
        let problems = Problems(in: source)
        let interval = YAMLDocument(source, problems: problems)?.decode(.timeInterval(zones: zones), problems: problems)
        return (interval, problems.diagnostics.map(\.message))
    }

    static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    /// What Alertmanager's documentation and its edges say: an interval, a moment within it, a moment outside of it.
    @Test(arguments: [
        ("{}", "2026-01-01T00:00:00Z", nil),
        ("times: [{start_time: '09:00', end_time: '17:00'}]", "2026-07-10T09:00:00Z", "2026-07-10T17:00:00Z"),
        ("times: [{start_time: '09:00', end_time: '17:00'}]", "2026-07-10T16:59:59.999Z", "2026-07-10T08:59:59Z"),
        ("times: [{start_time: '23:00', end_time: '24:00'}]", "2026-07-10T23:59:59Z", "2026-07-11T00:00:00Z"),
        ("weekdays: ['monday:friday']", "2026-07-10T12:00:00Z", "2026-07-11T12:00:00Z"),
        ("weekdays: [Saturday, SUNDAY]", "2026-07-12T12:00:00Z", "2026-07-13T12:00:00Z"),
        ("weekdays: ['sunday:tuesday']", "2026-07-14T12:00:00Z", "2026-07-15T12:00:00Z"),
        ("days_of_month: ['1:5']", "2026-07-05T23:59:59Z", "2026-07-06T00:00:00Z"),
        ("days_of_month: ['-3:-1']", "2026-02-26T00:00:00Z", "2026-02-25T23:59:59Z"),
        ("days_of_month: ['-1']", "2024-02-29T12:00:00Z", "2024-02-28T12:00:00Z"),
        ("days_of_month: ['1:-1']", "2026-07-31T12:00:00Z", nil),
        // Clamped to the end of a short month, and no part of it at all when even the begin is beyond.
        ("days_of_month: ['28:31']", "2026-02-28T12:00:00Z", "2026-02-27T12:00:00Z"),
        ("days_of_month: ['31']", "2026-07-31T12:00:00Z", "2026-06-30T12:00:00Z"),
        ("days_of_month: ['-31']", "2026-07-01T12:00:00Z", "2026-06-01T12:00:00Z"),
        ("days_of_month: [1, '15']", "2026-07-15T12:00:00Z", "2026-07-14T12:00:00Z"),
        ("months: ['march:may', 12]", "2026-05-31T23:00:00Z", "2026-06-01T00:00:00Z"),
        ("months: ['1:3', 'May:August', december]", "2026-12-01T00:00:00Z", "2026-04-30T00:00:00Z"),
        ("years: ['2026:2027', '2030']", "2030-06-01T00:00:00Z", "2028-06-01T00:00:00Z"),
        (
            "{weekdays: [friday], months: [july], days_of_month: ['10'], years: ['2026']}", "2026-07-10T12:00:00Z",
            "2027-07-10T12:00:00Z"
        ),
        // Berlin is two hours ahead in summer and one in winter.
        (
            "{location: Europe/Berlin, times: [{start_time: '09:00', end_time: '10:00'}]}", "2026-07-10T07:30:00Z",
            "2026-07-10T09:30:00Z"
        ),
        (
            "{location: Europe/Berlin, times: [{start_time: '09:00', end_time: '10:00'}]}", "2026-01-10T08:30:00Z",
            "2026-01-10T07:30:00Z"
        ),
        // The day of a place is not that of Greenwich.
        ("{location: Australia/Sydney, weekdays: [saturday]}", "2026-07-10T14:30:00Z", "2026-07-11T14:30:00Z"),
        (
            "{location: America/New_York, days_of_month: ['31'], months: [12]}", "2027-01-01T04:00:00Z",
            "2026-12-31T04:00:00Z"
        ),
        // Several ranges of one field: any of them; several fields: all of them.
        (
            "times: [{start_time: '00:00', end_time: '06:00'}, {start_time: '22:00', end_time: '24:00'}]",
            "2026-07-10T22:00:00Z", "2026-07-10T06:00:00Z"
        ),
        (
            "{weekdays: [saturday, sunday], times: [{start_time: '09:00', end_time: '17:00'}]}", "2026-07-11T09:00:00Z",
            "2026-07-11T17:00:00Z"
        ),
        // Both ends of a range of days, months and years belong to it.
        ("weekdays: ['monday:friday']", "2026-07-06T00:00:00Z", "2026-07-05T23:59:59Z"),
        ("months: ['june:august']", "2026-08-31T23:59:59Z", "2026-09-01T00:00:00Z"),
        ("years: ['2020:2026']", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"),
        // From a day counted from the beginning to one counted from the end.
        ("days_of_month: ['10:-5']", "2026-02-24T12:00:00Z", "2026-02-25T12:00:00Z"),
        ("days_of_month: ['-7:-1']", "2026-04-24T00:00:00Z", "2026-04-23T23:59:59Z"),
        ("days_of_month: ['-31:-1']", "2026-02-01T00:00:00Z", nil),
        // The hour that a summer begins with is not there, and the one that it ends with is there twice.
        (
            "{location: Europe/Berlin, times: [{start_time: '02:00', end_time: '03:00'}]}", "2026-10-25T00:30:00Z",
            "2026-03-29T01:00:00Z"
        ),
        (
            "{location: Europe/Berlin, times: [{start_time: '02:00', end_time: '03:00'}]}", "2026-10-25T01:30:00Z",
            "2026-10-25T02:00:00Z"
        ),
        ("{location: UTC, months: [february], days_of_month: [29]}", "2024-02-29T00:00:00Z", "2026-02-28T23:59:59Z"),
        // Far ahead, where the rule for all years holds: south of the equator it is summer in January.
        (
            "{location: Australia/Sydney, times: [{start_time: '11:00', end_time: '12:00'}]}", "2060-01-10T00:30:00Z",
            "2060-07-10T00:30:00Z"
        ),
        (
            "{location: Europe/Berlin, times: [{start_time: '12:00', end_time: '13:00'}]}", "2060-07-10T10:30:00Z",
            "2060-01-10T10:30:00Z"
        ),
    ])
    func `contain what they say`(text: String, inside: String, outside: String?) throws {
        let read = Self.read(text)
        let interval = try #require(read.interval, "\(read.problems)")
        #expect(interval.contains(try Self.time(inside)))
        if let outside { #expect(try !interval.contains(Self.time(outside))) }
    }

    @Test(arguments: [
        ("times: [{start_time: '9:00', end_time: '17:00'}]", "couldn't parse timestamp 9:00, invalid format"),
        ("times: [{start_time: '09:00', end_time: '24:01'}]", "couldn't parse timestamp 24:01, invalid format"),
        ("times: [{start_time: '17:00', end_time: '09:00'}]", "start time cannot be equal or greater than end time"),
        ("times: [{start_time: '09:00', end_time: '09:00'}]", "start time cannot be equal or greater than end time"),
        ("weekdays: ['friday:monday']", "start day cannot be before end day"),
        ("weekdays: [mon]", "mon is not a valid weekday"),
        ("weekdays: ['monday:tuesday:friday']", "couldn't parse range monday:tuesday:friday, invalid format"),
        ("days_of_month: ['0']", "0 is not a valid day of the month: out of range"),
        ("days_of_month: ['1:32']", "32 is not a valid day of the month: out of range"),
        ("days_of_month: ['-32']", "-32 is not a valid day of the month: out of range"),
        ("days_of_month: ['-3:3']", "end day must be negative if start day is negative"),
        ("days_of_month: ['10:5']", "end day 5 is always before start day 10"),
        ("days_of_month: ['-5:-10']", "end day -10 is always before start day -5"),
        ("days_of_month: ['25:-20']", "end day -20 is always before start day 25"),
        ("months: ['june:march']", "end month march is before start month june"),
        ("months: [13]", "13 is not a valid month"),
        ("years: ['2030:2026']", "end year 2026 is before start year 2030"),
        ("location: Europe/Berlinn", "unknown time zone Europe/Berlinn"),
        ("time: []", "unknown key 'time'"),
    ])
    func `that make no sense are refused`(text: String, message: String) {
        #expect(Self.read(text).problems == [message])
    }

    @Test func `A file that is no time zone is none`() throws {
        #expect(TimeZoneRules(file: []) == nil)
        #expect(TimeZoneRules(file: Array("TZif2".utf8)) == nil)
        let good = Array(try #require(FileManager.default.contents(atPath: "/usr/share/zoneinfo/Europe/Berlin")))
        for length in stride(from: 0, to: good.count, by: 7) {
            _ = TimeZoneRules(file: Array(good.prefix(length)))
        }
    }

    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"])
    func `Zones agree with Foundation's`(name: String) throws {
        let rules = try #require(Self.zones(name))
        let other = try #require(TimeZone(identifier: name))
        for day in stride(from: 0, to: 75 * 365, by: 13) {
            let seconds = Int64(day) * 86_400 + 1_800
            let expected = other.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
            #expect(rules.offset(at: seconds).seconds == expected, "\(seconds)")
        }
    }
}
