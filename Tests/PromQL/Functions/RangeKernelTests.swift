import Metrics
import Testing

@testable import PromQL

@Suite struct RangeKernelTests {
    struct Row: CustomTestStringConvertible {
        var function: Function
        var at: Double
        var range: Double
        var parameters: (Double, Double) = (0, 0)
        var expected: Double?

        var testDescription: String { "\(function.rawValue) at \(at) over \(range)" }
    }

    static let nan = Double.nan

    // A counter scraped every 15 s from zero on that is reset once.
    static let counter = KernelSeries(every: 15, [1, 2, 3, 4, 5, 9, 10, 11, 12, 13])

    @Test(arguments: [
        // Nothing, or a single sample, has no slope.
        Row(function: .increase, at: 5, range: 60, expected: nil),
        // 1 at 0 s, 2 at 15 s. To the start are 40 s, more than 1.1 intervals: half an interval is added, 7.5 s. To
        // the end 5 s. 1 * (15 + 7.5 + 5) / 15.
        Row(function: .increase, at: 20, range: 60, expected: 27.5 / 15),
        Row(function: .increase, at: 35, range: 60, expected: 2 * (30 + 7.5 + 5) / 30),
        // Four intervals in the window (5, 65]: 15 s is 10 s behind the start, 60 s is 5 s before the end.
        Row(function: .increase, at: 65, range: 60, expected: 3 * (45 + 10 + 5) / 45),
        Row(function: .rate, at: 65, range: 60, expected: 3 * (45.0 + 10 + 5) / 45 / 60),
        Row(function: .delta, at: 65, range: 60, expected: 3 * (45 + 10 + 5) / 45),
        Row(function: .irate, at: 80, range: 60, expected: 4.0 / 15),
        Row(function: .idelta, at: 80, range: 60, expected: 4),
        Row(function: .irate, at: 0, range: 60, expected: nil),
    ]) func `Changes are extrapolated to the edges of the window`(row: Row) {
        let result = Self.counter.evaluate(row.function, at: row.at, range: row.range)
        #expect(near(result, row.expected), "got \(String(describing: result))")
    }

    @Test func `A counter reset adds what was lost, a gauge's fall does not`() {
        let series = KernelSeries(every: 10, [10, 20, 5, 15])
        // Samples at 10, 20, 30 s: 15 - 20 + 20 = 15 over 20 s; the edges are 10 s before and 0 s behind.
        #expect(near(series.evaluate(.increase, at: 30, range: 30), 15 * 30.0 / 20))
        #expect(near(series.evaluate(.delta, at: 30, range: 30), -5 * 30.0 / 20))
        #expect(series.evaluate(.resets, at: 30, range: 40) == 1)
        #expect(near(series.evaluate(.irate, at: 20, range: 30), 0.5))
        #expect(near(series.evaluate(.idelta, at: 20, range: 30), -15))
    }

    @Test func `A counter is not extrapolated below zero`() {
        // 1 at 10 s, 11 at 20 s: it was zero one second before the first sample, not ten.
        let series = KernelSeries([(10, 1), (20, 11)])
        #expect(near(series.evaluate(.increase, at: 20, range: 20), 10 * (10.0 + 1) / 10))
        #expect(near(series.evaluate(.delta, at: 20, range: 20), 10 * (10.0 + 10) / 10))
    }

    @Test func `A gap of 1_1 intervals or more at an edge counts as half an interval`() {
        let bridged = KernelSeries([(10.9, 100), (20.9, 101)])
        #expect(near(bridged.evaluate(.increase, at: 20.9, range: 20.9), (10.0 + 10.9) / 10))
        let open = KernelSeries([(11, 100), (21, 101)])
        #expect(near(open.evaluate(.increase, at: 21, range: 21), (10.0 + 5) / 10))
    }

    static let sample = KernelSeries(every: 60, [2, 5, nan, 5, -1, 8])

    @Test(arguments: [
        Row(function: .sumOverTime, at: 300, range: 150, expected: 12),
        Row(function: .avgOverTime, at: 300, range: 150, expected: 4),
        Row(function: .countOverTime, at: 300, range: 1_000, expected: 6),
        Row(function: .presentOverTime, at: 300, range: 1_000, expected: 1),
        Row(function: .minOverTime, at: 300, range: 1_000, expected: -1),
        Row(function: .maxOverTime, at: 300, range: 1_000, expected: 8),
        Row(function: .maxOverTime, at: 120, range: 30, expected: nan),
        Row(function: .firstOverTime, at: 300, range: 150, expected: 5),
        Row(function: .lastOverTime, at: 240, range: 150, expected: -1),
        Row(function: .tsOfFirstOverTime, at: 300, range: 150, expected: 180),
        Row(function: .tsOfLastOverTime, at: 250, range: 150, expected: 240),
        Row(function: .tsOfMinOverTime, at: 300, range: 1_000, expected: 240),
        // Of two fives the later.
        Row(function: .tsOfMaxOverTime, at: 240, range: 1_000, expected: 180),
        Row(function: .changes, at: 300, range: 1_000, expected: 5),
        Row(function: .resets, at: 300, range: 1_000, expected: 1),
        Row(function: .sumOverTime, at: 300, range: 1_000, expected: nan),
        // 5, -1, 8: mean 4, squares 1 + 25 + 16.
        Row(function: .stdvarOverTime, at: 300, range: 150, expected: 14),
        Row(function: .stddevOverTime, at: 300, range: 150, expected: 14.0.squareRoot()),
        Row(function: .quantileOverTime, at: 300, range: 150, parameters: (0.75, 0), expected: 6.5),
        // NaN sorts below all: of -1 2 5 5 8 and NaN the one at 0.2 is -1.
        Row(function: .quantileOverTime, at: 300, range: 1_000, parameters: (0.2, 0), expected: -1),
        Row(function: .quantileOverTime, at: 300, range: 150, parameters: (-0.1, 0), expected: -.infinity),
        Row(function: .quantileOverTime, at: 300, range: 150, parameters: (1.1, 0), expected: .infinity),
        Row(function: .quantileOverTime, at: 300, range: 150, parameters: (nan, 0), expected: nan),
        // Median 5; distances 0, 6, 3.
        Row(function: .madOverTime, at: 300, range: 150, expected: 3),
        Row(function: .lastOverTime, at: 900, range: 60, expected: nil),
    ]) func `Samples of a window are summed up`(row: Row) {
        let result = Self.sample.evaluate(row.function, at: row.at, range: row.range, parameters: row.parameters)
        #expect(near(result, row.expected), "got \(String(describing: result))")
    }

    @Test func `From NaN to NaN nothing changes`() {
        let series = KernelSeries(every: 1, [1, .nan, .nan, 1])
        #expect(series.evaluate(.changes, at: 3, range: 10) == 2)
    }

    @Test func `An average survives values whose sum is too large`() {
        let huge = Double.greatestFiniteMagnitude
        let series = KernelSeries(every: 1, [huge, huge, -huge, huge])
        #expect(near(series.evaluate(.avgOverTime, at: 3, range: 10), huge / 2))
        #expect(series.evaluate(.sumOverTime, at: 3, range: 10) == .infinity)
        #expect(KernelSeries(every: 1, [.infinity, 1]).evaluate(.avgOverTime, at: 3, range: 10) == .infinity)
        #expect(KernelSeries(every: 1, [.infinity, -.infinity]).evaluate(.avgOverTime, at: 3, range: 9)?.isNaN == true)
    }

    @Test func `Sums keep what a naive sum loses`() {
        let series = KernelSeries(every: 1, [1, 1e100, 1, -1e100])
        #expect(series.evaluate(.sumOverTime, at: 3, range: 10) == 2)
        #expect(series.evaluate(.avgOverTime, at: 3, range: 10) == 0.5)
    }

    @Test func `A line through samples has its slope and its future`() {
        let series = KernelSeries([(10, 30), (20, 50), (40, 90)])
        #expect(near(series.evaluate(.deriv, at: 60, range: 60), 2))
        // The line is 10 + 2 t; from 60 s on 100 s later.
        #expect(near(series.evaluate(.predictLinear, at: 60, range: 60, parameters: (100, 0)), 330))
        // With an offset the prediction starts at the evaluation, not at the window's end.
        #expect(near(series.evaluate(.predictLinear, at: 60, range: 60, parameters: (0, 0), evaluatedAt: 160), 330))
        #expect(series.evaluate(.deriv, at: 10, range: 10) == nil)
    }

    @Test func `A constant has no slope, not even a rounding error, unless it is infinite`() {
        let constant = KernelSeries(every: 7, [0.1, 0.1, 0.1, 0.1])
        #expect(constant.evaluate(.deriv, at: 30, range: 60) == 0)
        #expect(constant.evaluate(.predictLinear, at: 30, range: 60, parameters: (3_600, 0)) == 0.1)
        #expect(KernelSeries(every: 7, [.infinity, .infinity]).evaluate(.deriv, at: 30, range: 60)?.isNaN == true)
    }

    @Test func `Smoothing follows level and trend`() {
        let series = KernelSeries(every: 1, [1, 2, 4])
        // Level 1, trend 1; then 0.5*2 + 0.5*(1+1) = 2; trend 0.5*(2-1) + 0.5*1 = 1; 0.5*4 + 0.5*(2+1) = 3.5.
        let result = series.evaluate(.doubleExponentialSmoothing, at: 2, range: 10, parameters: (0.5, 0.5))
        #expect(near(result, 3.5))
        #expect(RangeKernel.smoothingProblem(factor: 0.5, trendFactor: 0.5) == nil)
        #expect(RangeKernel.smoothingProblem(factor: 1, trendFactor: 0.5) == .invalidSmoothingFactor(1))
        #expect(RangeKernel.smoothingProblem(factor: 0.5, trendFactor: 0) == .invalidTrendFactor(0))
    }

    /// The increase by its definition: the counter without its resets, on a line through both ends to the edges.
    private func increaseByDefinition(_ series: KernelSeries, _ start: Double, _ end: Double) -> Double {
        var offset = 0.0
        var unwrapped: [Double] = []
        for (index, value) in series.values.enumerated() {
            if index > 0 && value < series.values[index - 1] { offset += series.values[index - 1] }
            unwrapped.append(value + offset)
        }
        let times = series.times.map { Double($0) / 1_000 }
        let last = times.count - 1
        let slope = (unwrapped[last] - unwrapped[0]) / (times[last] - times[0])
        let interval = (times[last] - times[0]) / Double(last)
        var before = times[0] - start < 1.1 * interval ? times[0] - start : interval / 2
        let after = end - times[last] < 1.1 * interval ? end - times[last] : interval / 2
        if slope > 0 { before = min(before, unwrapped[0] / slope) }
        return slope * (before + times[last] - times[0] + after)
    }

    @Test func `An increase is what its definition says`() {
        var random = KernelRandom(state: 5)
        for _ in 0..<2_000 {
            var (time, value): (Int64, Double) = (0, 0)
            var series = KernelSeries(times: [], values: [])
            for _ in 0..<Int.random(in: 2...40, using: &random) {
                time += Int64.random(in: 500...20_000, using: &random)
                value =
                    Int.random(in: 0...9, using: &random) == 0 ? 1 : value + Double.random(in: 0...9, using: &random)
                series.times.append(time)
                series.values.append(value)
            }
            let end = time + Int64.random(in: 0...30_000, using: &random)
            let expected = increaseByDefinition(series, 0, Double(end) / 1_000)
            #expect(near(series.whole(.increase, start: 0, end: end), expected))
            #expect(near(series.whole(.rate, start: 0, end: end), expected / (Double(end) / 1_000)))
        }
    }

    @Test func `A range of milliseconds is rounded as Go rounds it`() {
        #expect(Window.seconds(ofRange: 300_000) == 300)
        #expect(Window.seconds(ofRange: 1_500) == 1.5)
        // 123 + 0.457, not the nearest number to 123.457, wherever the two differ.
        #expect(Window.seconds(ofRange: 123_457) == 123 + 457_000_000 / 1e9)
    }
}
