import Foundation
import Metrics
import Testing

@Suite struct NumberParseTests {
    @Test(arguments: [
        ("0", 0), ("-0", -0.0), ("1", 1), ("+1", 1), ("1.", 1), (".5", 0.5), ("-.5e1", -5), ("1e3", 1000),
        ("1E+3", 1000), ("1e-3", 0.001), ("00012", 12), ("123456789012345678901234567890", 1.2345678901234568e29),
        ("1e-400", 0), ("-1e-400", -0.0), ("4.9406564584124654e-324", .leastNonzeroMagnitude), ("2e-324", 0),
        ("3e-324", .leastNonzeroMagnitude), ("2.2250738585072011e-308", .leastNormalMagnitude.nextDown),
        ("1.7976931348623157e308", 1.7976931348623157e308), ("0e99999999999", 0), ("1e-99999999999", 0),
        ("9007199254740993", 9007199254740992), ("9007199254740993.0001", 9007199254740994),
        ("1.00000000000000011102230246251565", 1),
        ("1.00000000000000011102230246251566", 1.0000000000000002),
    ])
    func `A decimal number is read as the nearest double`(text: String, value: Double) throws {
        let read = try #require(Number.parse(text))
        #expect(read.bitPattern == value.bitPattern)
    }

    @Test(arguments: ["inf", "Inf", "+Inf", "INFINITY", "+infinity"])
    func `Infinity is read in every form that Go reads`(text: String) {
        #expect(Number.parse(text) == .infinity)
        #expect(Number.parse("-" + text.replacing("+", with: "")) == -.infinity)
    }

    @Test(arguments: ["nan", "NaN", "NAN"])
    func `Every NaN is the plain one`(text: String) {
        #expect(Number.parse(text)?.bitPattern == MarkerNaN.plainBits)
    }

    @Test(arguments: [
        "", "+", "-", ".", "e", "1e", "1e+", "e5", "--1", "+-1", "1..2", "1.2.3", "0x10", "0x1p3", "1_000", "1p3",
        "infi",
        "infinit", "infinityx", "+nan", "-NaN", " 1", "1 ", "1,5", "1e5.0", "١", "true", "1e400", "-1e400",
        "1.7976931348623159e308", "1e99999999999999999999",
    ])
    func `What Prometheus refuses is refused`(text: String) {
        #expect(Number.parse(text) == nil)
    }

    @Test func `A very long number is rounded by all of its digits`() {
        let half = "1.00000000000000011102230246251565404236316680908203125"
        #expect(Number.parse(half) == 1)
        #expect(Number.parse(half + String(repeating: "0", count: 2000)) == 1)
        #expect(Number.parse(half + String(repeating: "0", count: 2000) + "1") == 1.0000000000000002)
    }

    @Test func `Random numbers are read exactly as strtod reads them`() {
        var random = SplitMix(state: 42)
        for _ in 0..<60_000 {
            let text = random.numberText()
            let expected = unsafe strtod(text, nil)
            let read = Number.parse(text)
            if expected.isInfinite {
                #expect(read == nil, "\(text)")
            } else if read?.bitPattern != expected.bitPattern {
                Issue.record("\(text): \(String(describing: read)) instead of \(expected)")
            }
        }
    }
}

extension SplitMix {
    /// Numbers as expositions have them, and the hard ones: long, near the middle of two doubles, tiny, huge.
    mutating func numberText() -> String {
        switch next() % 7 {
        case 0: return String(next() % 1_000_000)
        case 1: return Double(bitPattern: next() & 0x7fef_ffff_ffff_ffff).description
        case 2: return "\(next() % 100_000).\(next() % 1_000_000)"
        case 3: return "-\(next())\(next()).\(next())e\(Int(next() % 700) - 350)"
        case 4: return "\(next())e\(Int(next() % 60) - 30)"
        case 5: return (Double(next() % 1_000_000) / 997).description
        default:
            // Odd and 54 bits long: the middle between two neighbours, or right beside it.
            let odd = UInt64(1) << 53 | next() >> 11 | 1
            let places = next() % 5
            let digits = "\(odd * [1, 5, 25, 125, 625][Int(places)])"
            return digits + [".", ".000000000000001"][Int(next() % 2)] + "e-\(places)"
        }
    }
}
