import Testing

@testable import PromQL

@Suite struct CompensatedSumTests {
    /// A sum in whole numbers of 2^-60, exact for the values used here.
    private func exact(_ values: [Double]) -> Double {
        Double(values.reduce(Int128(0)) { $0 + Int128($1 * 0x1p60) }) * 0x1p-60
    }

    private func values(_ random: inout KernelRandom) -> [Double] {
        (0..<Int.random(in: 1...400, using: &random)).map { _ -> Double in
            let magnitude: Double = [1e-4, 1, 1e9].randomElement(using: &random) ?? 1
            return Double.random(in: -magnitude...magnitude, using: &random)
        }
    }

    @Test func `A sum is exact to the last bit or two`() {
        var random = KernelRandom(state: 23)
        for _ in 0..<500 {
            let values = values(&random)
            var sum = CompensatedSum()
            for value in values { sum.add(value) }
            #expect((sum.value - exact(values)).magnitude <= 2 * exact(values).ulp)
        }
    }

    @Test func `Parts of a sum, an average and a variance can be put together`() {
        var random = KernelRandom(state: 29)
        for _ in 0..<300 {
            let values = values(&random) + values(&random)
            let cut = Int.random(in: 1..<values.count, using: &random)
            var sums = (CompensatedSum(), CompensatedSum(), CompensatedSum())
            var means = (whole: AverageAccumulator(first: values[0]), AverageAccumulator(first: values[0]))
            var other = AverageAccumulator(first: values[cut])
            var spreads = (whole: VarianceAccumulator(first: values[0]), VarianceAccumulator(first: values[0]))
            var otherSpread = VarianceAccumulator(first: values[cut])
            for (index, value) in values.enumerated() {
                sums.0.add(value)
                if index < cut { sums.1.add(value) } else { sums.2.add(value) }
                if index > 0 { means.whole.add(value) }
                if index > 0 { spreads.whole.add(value) }
                if index > 0 && index < cut { means.1.add(value) }
                if index > 0 && index < cut { spreads.1.add(value) }
                if index > cut { other.add(value) }
                if index > cut { otherSpread.add(value) }
            }
            sums.1.merge(sums.2)
            means.1.merge(other)
            spreads.1.merge(otherSpread)
            #expect((sums.1.value - sums.0.value).magnitude <= 1e-7)
            #expect((means.1.value - means.whole.value).magnitude <= 1e-7)
            #expect(near(spreads.1.variance, spreads.whole.variance, within: 1e-9))
        }
    }

    @Test func `Averages that overflow can be put together too`() {
        let huge = Double.greatestFiniteMagnitude
        var left = AverageAccumulator(first: huge)
        left.add(huge)
        var right = AverageAccumulator(first: huge)
        right.add(-huge)
        left.merge(right)
        #expect(near(left.value, huge / 2))
    }

    @Test func `A group that begins with infinity has no variance`() {
        var variance = VarianceAccumulator(first: .infinity)
        variance.add(1)
        #expect(variance.variance.isNaN)
        #expect(VarianceAccumulator(first: 3).standardDeviation == 0)
    }

    @Test func `Extremes ignore NaN unless there is nothing else`() {
        let values: [Double] = [.nan, 3, .nan, -2, 7]
        #expect(values.reduce(.nan, Extreme.maximum) == 7)
        #expect(values.reduce(.nan, Extreme.minimum) == -2)
        #expect([Double.nan, .nan].reduce(.nan, Extreme.minimum).isNaN)
    }
}
