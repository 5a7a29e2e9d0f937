import Metrics
import Testing

@Suite struct DurationTests {
    @Test(arguments: [
        ("0", 0), ("0s", 0), ("324ms", 324), ("3s", 3_000), ("5m", 300_000), ("1h", 3_600_000), ("4d", 345_600_000),
        ("4d1h", 349_200_000), ("14d", 1_209_600_000), ("3w", 1_814_400_000), ("3w2d1h", 1_990_800_000),
        ("10y", 315_360_000_000), ("1h30m", 5_400_000), ("1m500ms", 60_500), ("1y0m", 31_536_000_000),
        ("292y", 9_208_512_000_000), ("9223372036854ms", 9_223_372_036_854), ("007s", 7_000),
    ])
    func `A duration is read in whole milliseconds`(text: String, milliseconds: Int64) throws {
        #expect(try Milliseconds(promQL: text) == Milliseconds(milliseconds))
    }

    @Test(arguments: [
        ("", DurationError.empty), ("1", .malformed("1")), ("1y1m1d", .malformed("1y1m1d")),
        ("-1w", .malformed("-1w")), ("1.5d", .unknownUnit(".", in: "1.5d")), ("d", .malformed("d")),
        ("1s1s", .malformed("1s1s")), ("1m1h", .malformed("1m1h")), ("5min", .unknownUnit("min", in: "5min")),
        ("294y", .outOfRange), ("200y10400w", .outOfRange), ("9223372036855ms", .outOfRange),
        ("99999999999999999999s", .outOfRange), ("9223372036854775807y", .outOfRange), ("00", .malformed("00")),
        ("1 s", .unknownUnit(" s", in: "1 s")),
    ])
    func `A text that is no duration is refused with the reason`(text: String, reason: DurationError) {
        #expect(throws: reason) { try Milliseconds(promQL: text) }
    }

    @Test(arguments: [
        ("0", "0s"), ("324ms", "324ms"), ("300s", "5m"), ("3600s", "1h"), ("4d1h", "4d1h"), ("14d", "2w"),
        ("3w2d1h", "23d1h"), ("90d", "90d"), ("365d", "1y"), ("730d", "2y"), ("8y", "8y"), ("1y1d", "366d"),
        ("90m", "1h30m"), ("1001ms", "1s1ms"),
    ])
    func `A duration is printed as Prometheus prints it`(text: String, printed: String) throws {
        #expect(try Milliseconds(promQL: text).promQLText == printed)
    }

    @Test func `A negative duration carries its sign`() {
        #expect(Milliseconds.minutes(-5).promQLText == "-5m")
        #expect(Milliseconds(.min).promQLText.hasPrefix("-"))
    }

    @Test func `A refusal is worded as Prometheus words it`() {
        #expect(DurationError.malformed("1\"").description == #"not a valid duration string: "1\"""#)
        #expect(DurationError.unknownUnit("x", in: "1x").description == #"unknown unit "x" in duration "1x""#)
        #expect(DurationError.empty.description == "empty duration string")
        #expect(DurationError.outOfRange.description == "duration out of range")
    }
}
