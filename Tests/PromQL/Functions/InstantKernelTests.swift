import Metrics
import Testing

@testable import PromQL

@Suite struct InstantKernelTests {
    struct Row: CustomTestStringConvertible {
        var function: Function
        var x: Double
        var a = 1.0
        var b = 0.0
        var expected: Double

        var testDescription: String { "\(function.rawValue) of \(x), \(a), \(b)" }
    }

    static let nan = Double.nan
    static let infinity = Double.infinity

    @Test(arguments: [
        Row(function: .abs, x: -3.5, expected: 3.5),
        Row(function: .ceil, x: -0.5, expected: -0.0),
        Row(function: .floor, x: -0.5, expected: -1),
        Row(function: .sqrt, x: 9, expected: 3),
        Row(function: .sqrt, x: -1, expected: nan),
        Row(function: .sgn, x: -0.1, expected: -1),
        Row(function: .sgn, x: 7, expected: 1),
        Row(function: .sgn, x: -0.0, expected: -0.0),
        Row(function: .sgn, x: nan, expected: nan),
        Row(function: .exp, x: 0, expected: 1),
        Row(function: .ln, x: 1, expected: 0),
        Row(function: .ln, x: -1, expected: nan),
        Row(function: .log2, x: 8, expected: 3),
        Row(function: .log2, x: 0x1p-1074, expected: -1_074),
        Row(function: .log2, x: 0, expected: -infinity),
        Row(function: .log2, x: infinity, expected: infinity),
        Row(function: .log2, x: -2, expected: nan),
        // Not 3: this is what Go's arithmetic gives, and what floor of it shows.
        Row(function: .log10, x: 1_000, expected: 2.9999999999999996),
        Row(function: .log10, x: 100, expected: 2),
        Row(function: .deg, x: .pi, expected: 180),
        Row(function: .rad, x: 180, expected: .pi),
        Row(function: .sin, x: 0, expected: 0),
        Row(function: .cosh, x: 0, expected: 1),
        Row(function: .acosh, x: 0.5, expected: nan),
        Row(function: .atanh, x: 1, expected: infinity),
        Row(function: .round, x: 2.5, expected: 3),
        Row(function: .round, x: -2.5, expected: -2),
        Row(function: .round, x: 0.55, a: 0.1, expected: 0.6),
        Row(function: .round, x: 2.749, a: 0.5, expected: 2.5),
        Row(function: .round, x: 7, a: 5, expected: 5),
        Row(function: .round, x: infinity, expected: infinity),
        Row(function: .clamp, x: 5, a: 1, b: 3, expected: 3),
        Row(function: .clamp, x: -5, a: 1, b: 3, expected: 1),
        Row(function: .clamp, x: 2, a: 1, b: 3, expected: 2),
        Row(function: .clamp, x: 2, a: nan, b: 3, expected: nan),
        Row(function: .clamp, x: nan, a: 1, b: 3, expected: nan),
        Row(function: .clampMin, x: -5, a: -2, expected: -2),
        Row(function: .clampMin, x: nan, a: infinity, expected: infinity),
        Row(function: .clampMax, x: 5, a: 2, expected: 2),
        Row(function: .clampMax, x: 5, a: nan, expected: nan),
        Row(function: .clampMax, x: nan, a: -infinity, expected: -infinity),
    ]) func `Numbers become numbers`(row: Row) {
        let result = InstantKernel.evaluate(row.function, row.x, row.a, row.b)
        #expect(sameBits(result, row.expected) || near(result, row.expected, within: 1e-15), "got \(result)")
        #expect(result.sign == row.expected.sign || result.isNaN)
    }

    @Test func `A clamp whose limits are crossed has no result`() {
        #expect(InstantKernel.isEmptyClamp(3, 1))
        #expect(!InstantKernel.isEmptyClamp(1, 1))
        #expect(!InstantKernel.isEmptyClamp(.nan, 1))
    }

    @Test func `Every function of one number is covered`() {
        for function in Function.allCases where InstantKernel.covers(function) {
            #expect(!InstantKernel.evaluate(function, 0.5, 0.25, 0.75).isAbsent, "\(function.rawValue)")
        }
        #expect(!InstantKernel.covers(.rate))
        #expect(!InstantKernel.covers(.timestamp))
    }

    @Test(arguments: [
        (BinaryOperator.add, 2.0, 3.0, 5.0), (.subtract, 2, 3, -1), (.multiply, 2, 3, 6), (.divide, 3, 2, 1.5),
        (.divide, 1, 0, infinity), (.divide, 0, 0, nan), (.remainder, 5, 3, 2), (.remainder, -5, 3, -2),
        (.remainder, 5, 0, nan), (.remainder, 5, infinity, 5), (.remainder, infinity, 5, nan), (.power, 2, 10, 1_024),
        (.power, 0, 0, 1), (.power, -8, 0.5, nan), (.power, 1, nan, 1), (.arcTangent, 1, 1, .pi / 4),
        (.equal, 1, 1, 1), (.equal, nan, nan, 0), (.notEqual, nan, nan, 1), (.less, 1, 2, 1), (.greater, 1, 2, 0),
        (.lessOrEqual, 2, 2, 1), (.greaterOrEqual, nan, 2, 0),
    ]) func `Operators combine two numbers`(row: (BinaryOperator, Double, Double, Double)) {
        let result = BinaryKernel.evaluate(row.0, row.1, row.2)
        #expect(near(result, row.3, within: 1e-15), "\(row.1) \(row.0.rawValue) \(row.2) gave \(result)")
    }
}
