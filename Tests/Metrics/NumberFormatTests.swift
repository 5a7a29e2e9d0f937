import Foundation
import Metrics
import Testing

@Suite struct NumberFormatTests {
    @Test(arguments: [
        (0.0, 4, "0"), (-0.0, 4, "-0"), (1.0, 4, "1"), (1234567.0, 4, "1.235e+06"), (0.12, 4, "0.12"),
        (123.45, 4, "123.5"),
        (99999.0, 4, "1e+05"), (9999.5, 4, "1e+04"), (0.0001, 4, "0.0001"), (0.00001, 4, "1e-05"), (1.2345, 4, "1.234"),
        (12.345, 4, "12.35"), (2.5, 1, "2"), (3.5, 1, "4"), (.leastNonzeroMagnitude, 3, "4.94e-324"), (1.5, 0, "2"),
        (.infinity, 4, "+Inf"), (-.infinity, 4, "-Inf"), (.nan, 4, "NaN"),
    ])
    func `Significant digits are cut as Go cuts them`(_ value: Double, _ digits: Int, _ expected: String) {
        #expect(Number.general(value, digits: digits) == expected)
    }

    @Test(arguments: 0..<8)
    func `Every number is rounded as the C library rounds it, which is exact`(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for round in 0..<300 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            let isShort = round % 3 == 0
            let value = isShort ? Double(Int64(bitPattern: state) % 100_000) / 64 : Double(bitPattern: state)
            guard value.isFinite else { continue }
            let digits = Int(state % 25)
            #expect(Number.fixed(value, digits: digits) == String(format: "%.\(digits)f", value))
            #expect(Number.scientific(value, digits: digits) == String(format: "%.\(digits)e", value))
            #expect(Number.general(value, digits: digits) == String(format: "%.\(digits)g", value))
            #expect(Double(Number.scientific(value)) == value)
        }
    }

    @Test func `The fewest digits with an exponent`() {
        #expect(Number.scientific(0.1) == "1e-01")
        #expect(Number.scientific(1234.5) == "1.2345e+03")
        #expect(Number.scientific(-0.0) == "-0e+00")
        #expect(Number.scientific(.greatestFiniteMagnitude) == "1.7976931348623157e+308")
    }
}
