import Foundation
import Testing

@testable import Templates

@Suite struct TemplateTimeTests {
    @Test func `Days of all centuries have the date Foundation gives them`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var random = SeededGenerator(seed: 5)
        for _ in 0..<3000 {
            // From 1700 on: Foundation switches to the Julian calendar before 1582.
            let seconds = Int64.random(in: -8_520_000_000...32_500_000_000, using: &random)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second, .weekday, .dayOfYear],
                from: Date(timeIntervalSince1970: TimeInterval(seconds))
            )
            let civil = TemplateTime(seconds: seconds).civil
            #expect(Int(civil.year) == parts.year && civil.month == parts.month && civil.day == parts.day)
            #expect(civil.hour == parts.hour && civil.minute == parts.minute && civil.second == parts.second)
            #expect(civil.weekday + 1 == parts.weekday && civil.dayOfYear == parts.dayOfYear)
        }
    }

    // 2009-02-03 04:05:06.0789 in a zone 5:30 hours east.
    private static let time = TemplateTime(
        seconds: 1_233_614_106,
        nanoseconds: 78_900_000,
        zone: TemplateTime.Zone(offset: 19_800, name: "IST")
    )

    @Test(arguments: [
        ("2006-01-02T15:04:05Z07:00", "2009-02-03T04:05:06+05:30"),
        ("Mon, 02 Jan 2006 15:04:05 MST", "Tue, 03 Feb 2009 04:05:06 IST"),
        ("Monday January _2 3:04PM 06", "Tuesday February  3 4:05AM 09"), ("1/2/06 03:04:05 pm", "2/3/09 04:05:06 am"),
        (".000 .999 .999999999 ,0000", ".078 .078 .0789 ,0789"), ("002 __2 5.00", "034  34 6.07"),
        ("-0700 -07 Z0700 -07:00:00", "+0530 +05 +0530 +05:30:00"),
        ("January Janet Mondays", "February Janet Tuesdays"), ("_2006 é 語", "_2009 é 語"), ("15h", "04h"), ("", ""),
        (".00x .009", ".07x .009"),
    ])
    func `A layout shows how the moment looks`(_ layout: String, _ expected: String) {
        #expect(Self.time.formatted(layout) == expected)
    }

    @Test(arguments: [
        (0, "0s"), (1, "1ns"), (1_500, "1.5µs"), (2_000_000, "2ms"), (1_000_000_000, "1s"), (90_500_000_000, "1m30.5s"),
        (3_600_000_000_000, "1h0m0s"), (-5_430_000_000_000, "-1h30m30s"), (Int64.min, "-2562047h47m16.854775808s"),
        (Int64.max, "2562047h47m16.854775807s"), (999_999_999, "999.999999ms"),
    ])
    func `A duration prints as in Go`(_ nanoseconds: Int64, _ expected: String) {
        #expect(TemplateDuration(nanoseconds: nanoseconds).description == expected)
    }

    @Test func `Times at the ends of what can be held stay there`() {
        #expect(TemplateTime.zero.description == "0001-01-01 00:00:00 +0000 UTC")
        let last = TemplateTime(seconds: .max, nanoseconds: .max)
        #expect(last.adding(TemplateDuration(nanoseconds: .max)).seconds <= 1 << 60)
        #expect(TemplateTime(seconds: .min).since(last).nanoseconds == .min)
        #expect(!last.description.isEmpty)
    }
}
