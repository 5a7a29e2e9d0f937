import Foundation
import Testing

@testable import PromQL

@Suite struct CivilTimeTests {
    static let fields: [(Function, @Sendable (DateComponents) -> Int?)] = [
        (.year, { $0.year }), (.month, { $0.month }), (.dayOfMonth, { $0.day }), (.hour, { $0.hour }),
        (.minute, { $0.minute }), (.dayOfWeek, { $0.weekday.map { $0 - 1 } }), (.dayOfYear, { $0.dayOfYear }),
    ]

    @Test func `Dates agree with the calendar of Foundation`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var random = KernelRandom(state: 3)
        for _ in 0..<3_000 {
            // From the year 1600, where Foundation's calendar is Gregorian, to 4000.
            let seconds = Int64.random(in: -11_676_096_000...64_060_588_800, using: &random)
            let date = Date(timeIntervalSince1970: Double(seconds))
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .weekday, .dayOfYear],
                from: date
            )
            for (function, part) in Self.fields {
                let expected = try #require(part(parts))
                #expect(CivilTime(unixSeconds: seconds).field(function) == Double(expected), "\(function) \(seconds)")
            }
            let days = try #require(calendar.range(of: .day, in: .month, for: date)?.count)
            #expect(CivilTime(unixSeconds: seconds).field(.daysInMonth) == Double(days))
        }
    }

    @Test(
        arguments: [
            // 2006-01-02T22:04:05Z, a Monday.
            (1_136_239_445.9, [2006, 1, 2, 22, 4, 1, 2, 31]),
            (0, [1970, 1, 1, 0, 0, 4, 1, 31]),
            // The fraction is dropped towards zero, also before the epoch.
            (-0.5, [1970, 1, 1, 0, 0, 4, 1, 31]),
            (-1, [1969, 12, 31, 23, 59, 3, 365, 31]),
            // 2000 was a leap year, 1900 was none.
            (951_782_400, [2000, 2, 29, 0, 0, 2, 60, 29]),
            (-2_203_977_600, [1900, 2, 28, 0, 0, 3, 59, 28]),
        ] as [(Double, [Int])]
    ) func `Fields of chosen moments`(seconds: Double, expected: [Int]) {
        let functions: [Function] = [
            .year, .month, .dayOfMonth, .hour, .minute, .dayOfWeek, .dayOfYear, .daysInMonth,
        ]
        #expect(functions.map { Int(InstantKernel.evaluate($0, seconds)) } == expected)
    }

    @Test func `NaN, infinity and everything out of range is the same far moment`() {
        // Go on amd64: time.Unix(math.MinInt64, 0).UTC().
        for seconds in [Double.nan, .infinity, -.infinity, 1e19, -1e300] {
            #expect(CivilTime(seconds: seconds).date == CivilTime(unixSeconds: .min).date)
        }
        #expect(CivilTime(unixSeconds: .max).rfc3339 == "292277026596-12-04T15:30:07Z")
        #expect(CivilTime(unixSeconds: 1_703_462_400).rfc3339 == "2023-12-25T00:00:00Z")
    }
}
