import Metrics
import Testing

@testable import PromQL

@Suite struct QuantileTests {
    private func quantile(_ q: Double, _ values: [Double]) -> Double {
        var values = values
        return unsafe values.withUnsafeMutableBufferPointer { unsafe Quantile.of($0, q) }
    }

    /// Sorts and interpolates, as the definition says.
    private func reference(_ q: Double, _ values: [Double]) -> Double {
        let sorted = values.sorted { $0 < $1 || ($0.isNaN && !$1.isNaN) }
        let rank = q * Double(sorted.count - 1)
        let lower = Int(rank)
        let weight = rank - rank.rounded(.down)
        return sorted[lower] * (1 - weight) + sorted[min(sorted.count - 1, lower + 1)] * weight
    }

    @Test func `Selecting gives what sorting gives`() {
        var random = KernelRandom(state: 17)
        for round in 0..<2_000 {
            let count = Int.random(in: 1...(round % 10 == 0 ? 2_000 : 60), using: &random)
            let spread: Double = [3.0, 50, 1e9].randomElement(using: &random) ?? 1
            var values = (0..<count).map { _ -> Double in
                Double.random(in: -spread...spread, using: &random).rounded() + 0.0
            }
            if round % 7 == 0 { values[Int.random(in: 0..<count, using: &random)] = .nan }
            if round % 5 == 0 { values.sort() }
            let q: Double =
                [0, 0.5, 0.99, 1, Double.random(in: 0...1, using: &random)].randomElement(using: &random) ?? 0
            #expect(sameBits(quantile(q, values) + 0.0, reference(q, values) + 0.0))
        }
    }

    @Test func `Values that mislead the choice of pivots do not take quadratic time`() {
        // Every median of three is nearly the smallest: the worst order for such a choice (Musser).
        let half = 50_000
        var values = [Double](repeating: 0, count: 2 * half)
        for index in 0..<half {
            values[index] = Double(index % 2 == 0 ? index + 1 : half + index)
            values[half + index] = Double(2 * (index + 1))
        }
        #expect(sameBits(quantile(0.9, values), reference(0.9, values)))
    }

    @Test func `Outside of 0 to 1 are the infinities`() {
        #expect(quantile(-0.01, [1, 2]) == -.infinity)
        #expect(quantile(1.01, [1, 2]) == .infinity)
        #expect(quantile(.nan, [1, 2]).isNaN)
        #expect(quantile(0.5, []).isNaN)
    }
}
