import Metrics
import Testing

@testable import PromQL

@Suite struct SweepTests {
    /// Irregular times, resets, repeats, and now and then NaN or infinity.
    static func series(_ random: inout KernelRandom, count: Int) -> KernelSeries {
        var time: Int64 = 0
        var value = Double(Int.random(in: 0...50, using: &random))
        var series = KernelSeries(times: [], values: [])
        let wildness = Int.random(in: 0...3, using: &random)
        for _ in 0..<count {
            time +=
                Int64.random(in: 1...40, using: &random) * (Int.random(in: 0...20, using: &random) == 0 ? 10_000 : 500)
            switch Int.random(in: 0...100, using: &random) {
            case 0..<wildness: value = .nan
            case 10..<10 + wildness: value = .infinity
            case 20..<20 + 5 * wildness: value = Double.random(in: 0...3, using: &random)
            case 60...70: break
            default:
                if !value.isFinite { value = -0.0 }
                value += Double(Int.random(in: 0...7, using: &random)) / 3
            }
            series.times.append(time)
            series.values.append(value)
        }
        return series
    }

    static let functions: [Function] = [
        .rate, .increase, .delta, .irate, .idelta, .changes, .resets, .minOverTime, .maxOverTime, .countOverTime,
        .presentOverTime, .firstOverTime, .lastOverTime, .sumOverTime, .avgOverTime, .stddevOverTime, .quantileOverTime,
        .madOverTime, .deriv, .predictLinear, .tsOfMaxOverTime,
    ]

    @Test(arguments: functions) func `A sweep gives the bits of each window alone`(function: Function) throws {
        var random = KernelRandom(state: 7)
        for round in 0..<60 {
            let series = Self.series(&random, count: Int.random(in: 1...200, using: &random))
            var plan = SweepPlan(
                firstEnd: Int64.random(in: -50_000...200_000, using: &random),
                step: Int64.random(in: 1...60_000, using: &random),
                steps: Int.random(in: 1...120, using: &random),
                range: Int64.random(in: 1...400_000, using: &random),
                offset: 5_000
            )
            if RangeKernel.extentProblem(function, .anchored) == nil && round % 3 == 1 { plan.extent = .anchored }
            if RangeKernel.extentProblem(function, .smoothed) == nil && round % 3 == 2 { plan.extent = .smoothed }
            plan.lookback = 30_000
            let swept = Self.sweep(function, series, plan)
            for step in 0..<plan.steps {
                let alone = Self.alone(function, series, plan, step)
                #expect(sameBits(swept[step], alone), "round \(round) step \(step): \(swept[step]) not \(alone)")
            }
        }
    }

    static func sweep(_ function: Function, _ series: KernelSeries, _ plan: SweepPlan) -> [Double] {
        var scratch = [Double](repeating: 0, count: series.values.count)
        var result = [Double](repeating: 0, count: plan.steps)
        unsafe series.times.withUnsafeBufferPointer { times in
            unsafe series.values.withUnsafeBufferPointer { values in
                unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                    unsafe result.withUnsafeMutableBufferPointer { result in
                        guard let times = times.baseAddress, let values = values.baseAddress,
                            let result = result.baseAddress
                        else { return }
                        let cursor = unsafe WindowCursor(
                            times: times,
                            values: values,
                            count: series.values.count,
                            plan: plan
                        )
                        unsafe RangeKernel.sweep(
                            function,
                            cursor,
                            parameters: (0.3, 0.2),
                            scratch: scratch,
                            into: result
                        )
                    }
                }
            }
        }
        return result
    }

    static func alone(_ function: Function, _ series: KernelSeries, _ plan: SweepPlan, _ step: Int) -> Double {
        let end = plan.firstEnd + Int64(step) * plan.step
        let start = end - plan.range
        let before = plan.extent == .plain ? 0 : plan.lookback
        let after = plan.extent == .smoothed ? plan.lookback : 0
        let kept = series.times.indices.filter { series.times[$0] > start - before && series.times[$0] <= end + after }
        return KernelSeries(times: kept.map { series.times[$0] }, values: kept.map { series.values[$0] })
            .whole(function, start: start, end: end, (0.3, 0.2), plan.extent, end + plan.offset)
    }

    @Test func `The ends of a window without resets are enough`() {
        var random = KernelRandom(state: 11)
        for _ in 0..<3_000 {
            let count = Int.random(in: 1...30, using: &random)
            var series = KernelSeries(times: [], values: [])
            var time = Int64.random(in: 1...30_000, using: &random)
            var value = Bool.random(using: &random) ? 0 : Double.random(in: -5...1_000, using: &random)
            for _ in 0..<count {
                series.times.append(time)
                series.values.append(value)
                time += Int64.random(in: 1...30_000, using: &random)
                value += Int.random(in: 0...3, using: &random) == 0 ? Double.random(in: 0...100, using: &random) : 0
            }
            let end = time + Int64.random(in: 0...50_000, using: &random)
            for function in [Function.rate, .increase, .delta] {
                let fromEnds = RangeKernel.increaseFromEnds(
                    first: series.values[0],
                    last: series.values[count - 1],
                    firstTime: series.times[0],
                    lastTime: series.times[count - 1],
                    count: count,
                    windowStart: 0,
                    windowEnd: end,
                    isCounter: function != .delta,
                    rangeSeconds: function == .rate ? Window.seconds(ofRange: end) : nil
                )
                #expect(sameBits(fromEnds, series.whole(function, start: 0, end: end)))
            }
        }
    }

    @Test func `Many counters at once get the bits of each one`() throws {
        var random = KernelRandom(state: 13)
        for _ in 0..<300 {
            let firstTime = Int64.random(in: 1...20_000, using: &random)
            let extrapolation = Extrapolation(
                firstTime: firstTime,
                lastTime: firstTime + Int64.random(in: 1...100_000, using: &random),
                count: Int.random(in: 2...20, using: &random),
                start: 0,
                end: 130_000,
                rangeSeconds: Bool.random(using: &random) ? 130 : nil
            )
            let special: [Double] = [
                0, -0.0, 1, .nan, .infinity, -.infinity, -3, 0x1p-1074, 1e-308, 1e308, 1e-300, .greatestFiniteMagnitude,
            ]
            func pick() -> Double {
                Int.random(in: 0...2, using: &random) == 0
                    ? special.randomElement(using: &random) ?? 0 : Double.random(in: 0...20, using: &random)
            }
            let first = (0..<40).map { _ in pick() }
            let last = first.map { Bool.random(using: &random) ? $0 + pick() : pick() }
            var counters = [Double](repeating: 0, count: 40)
            var gauges = counters
            unsafe extrapolation.ofCounters(first: first, last: last, count: 40, into: &counters)
            unsafe extrapolation.ofGauges(first: first, last: last, count: 40, into: &gauges)
            for index in 0..<40 {
                let change = last[index] - first[index]
                #expect(sameBits(counters[index], extrapolation.ofCounter(change: change, first: first[index])))
                #expect(sameBits(gauges[index], extrapolation.ofGauge(change: change)))
            }
        }
    }
}
