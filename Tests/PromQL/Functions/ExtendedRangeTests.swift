import Testing

@testable import PromQL

@Suite struct ExtendedRangeTests {
    struct Row: CustomTestStringConvertible {
        var function: Function
        var extent: RangeExtent
        var at: Double
        var range: Double
        var expected: Double?

        var testDescription: String { "\(function.rawValue) \(extent.rawValue) at \(at) over \(range)" }
    }

    // 1 2 3 4 5, then a jump to 9 10 11 12 13.
    static let steady = KernelSeries(every: 15, [1, 2, 3, 4, 5, 9, 10, 11, 12, 13])

    @Test(arguments: [
        // The first sample stands for an edge before it.
        Row(function: .increase, extent: .anchored, at: 5, range: 60, expected: 0),
        Row(function: .increase, extent: .anchored, at: 20, range: 60, expected: 1),
        // From 1 at 0 s, the last before 5 s, to 5 at 60 s.
        Row(function: .increase, extent: .anchored, at: 65, range: 60, expected: 4),
        Row(function: .rate, extent: .anchored, at: 65, range: 60, expected: 4.0 / 60),
        Row(function: .increase, extent: .anchored, at: 80, range: 60, expected: 7),
        // Between 1 at 0 s and 2 at 15 s the value at 5 s is 4/3.
        Row(function: .increase, extent: .smoothed, at: 5, range: 60, expected: 1.0 / 3),
        // From 4/3 at 5 s to 5 + 4/3 at 65 s.
        Row(function: .increase, extent: .smoothed, at: 65, range: 60, expected: 5),
        Row(function: .delta, extent: .smoothed, at: 65, range: 60, expected: 5),
    ]) func `Edges are anchored or smoothed instead of extrapolated`(row: Row) {
        let result = Self.steady.evaluate(row.function, at: row.at, range: row.range, extent: row.extent)
        #expect(near(result, row.expected), "got \(String(describing: result))")
    }

    @Test func `Without a sample inside the window there is no result`() {
        let series = KernelSeries(every: 60, [1, 2, nil, 4, 5])
        #expect(series.evaluate(.increase, at: 120, range: 60, extent: .anchored) == nil)
        #expect(series.evaluate(.changes, at: 120, range: 60, extent: .anchored) == nil)
        #expect(near(series.evaluate(.increase, at: 120, range: 60, extent: .smoothed), 1))
    }

    @Test func `A smoothed counter that falls between samples rises from zero`() {
        // At 2 s it stood at 10 * 2/15, at 12 s at 10 * 12/15.
        let series = KernelSeries(every: 15, [100, 10])
        #expect(near(series.evaluate(.rate, at: 12, range: 10, extent: .smoothed), 10.0 / 15))
        let falling = KernelSeries(every: 60, [9, 8, 5, 4])
        #expect(near(falling.evaluate(.increase, at: 135, range: 120, extent: .smoothed), 12))
    }

    @Test func `Changes and resets count from the anchor`() {
        let series = KernelSeries(every: 60, (0...10).map { Double(99 - $0) })
        #expect(series.evaluate(.changes, at: 330, range: 300, extent: .anchored) == 5)
        #expect(series.evaluate(.resets, at: 330, range: 300, extent: .anchored) == 5)
        #expect(series.evaluate(.resets, at: 330, range: 300) == 4)
    }

    @Test func `Only functions that understand the samples outside take such a range`() {
        #expect(RangeKernel.extentProblem(.rate, .smoothed) == nil)
        #expect(RangeKernel.extentProblem(.deriv, .plain) == nil)
        #expect(
            RangeKernel.extentProblem(.resets, .smoothed)?.description
                == "smoothed modifier can only be used with: delta, increase, rate - not with resets"
        )
        #expect(
            RangeKernel.extentProblem(.maxOverTime, .anchored)?.description
                == "anchored modifier can only be used with: changes, delta, increase, rate, resets - not with max_over_time"
        )
    }
}
