import Metrics
import Testing

@Suite struct RFC3339Tests {
    static let moments: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("1969-12-31T23:59:59.999Z", -1),
        ("2000-02-29T12:00:00Z", 951_825_600_000), ("2015-07-01T20:10:51.781Z", 1_435_781_451_781),
        ("1900-03-01T00:00:00Z", -2_203_891_200_000), ("2026-12-31T23:59:59Z", 1_798_761_599_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ]

    @Test(arguments: moments)
    func `A moment is read and written the same`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.rawValue == milliseconds)
        #expect(Timestamp(milliseconds: milliseconds).rfc3339Text == text)
    }

    static let variants: [(String, Int64)] = [
        ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T20:30:00-03:30", 0), ("1970-01-01t00:00:00z", 0),
        ("1970-01-01 00:00:00.5Z", 500), ("1970-01-01T00:00:00.123456789Z", 123),
    ]

    @Test(arguments: variants)
    func `Offsets and fractions of any length are understood`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.rawValue == milliseconds)
    }

    @Test(arguments: [
        "", "1970", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z",
        "1970-02-30T00:00:00Z", "1900-02-29T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00Zx",
        "1970-01-01T00:00:00+0100", "é970-01-01T00:00:00Z", "-970-01-01T00:00:00Z",
    ])
    func `Anything else is no moment`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `Every day of four hundred years comes back`() {
        for day in stride(from: Int64(-73_049), through: 73_048, by: 1) {
            let moment = Timestamp(milliseconds: day * 86_400_000 + 43_200_123)
            #expect(Timestamp(rfc3339: moment.rfc3339Text) == moment)
        }
    }

    @Test func `The ends of time are written without a trap`() {
        #expect(Timestamp(milliseconds: .max).rfc3339Text == "292278994-08-17T07:12:55.807Z")
        #expect(Timestamp(milliseconds: .min).rfc3339Text == "-292275055-05-16T16:47:04.192Z")
    }
}
