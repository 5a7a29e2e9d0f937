import Metrics

@testable import PromQL

/// A repeatable source of numbers (SplitMix64).
struct KernelRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Samples of one series, times in seconds for short tables.
struct KernelSeries {
    var times: [Int64]
    var values: [Double]

    init(_ samples: [(Double, Double)]) {
        times = samples.map { Int64($0.0 * 1_000) }
        values = samples.map(\.1)
    }

    /// Values every `interval` seconds from zero on; nil leaves a gap.
    init(every interval: Double, _ values: [Double?]) {
        self.init(values.enumerated().compactMap { step, value in value.map { (Double(step) * interval, $0) } })
    }

    init(times: [Int64], values: [Double]) {
        self.times = times
        self.values = values
    }

    /// The function over the window of `range` seconds that ends at `end`, as a query would select its samples.
    func evaluate(
        _ function: Function,
        at end: Double,
        range: Double,
        parameters: (Double, Double) = (0, 0),
        extent: RangeExtent = .plain,
        evaluatedAt: Double? = nil
    ) -> Double? {
        let end = Int64(end * 1_000)
        let start = end - Int64(range * 1_000)
        let before: Int64 = extent == .plain ? 0 : 300_000
        let after: Int64 = extent == .smoothed ? 300_000 : 0
        let kept = times.indices.filter { times[$0] > start - before && times[$0] <= end + after }
        let result = KernelSeries(times: kept.map { times[$0] }, values: kept.map { values[$0] })
            .whole(function, start: start, end: end, parameters, extent, evaluatedAt.map { Int64($0 * 1_000) })
        return result.isAbsent ? nil : result
    }

    /// The function over all samples.
    func whole(
        _ function: Function,
        start: Int64,
        end: Int64,
        _ parameters: (Double, Double) = (0, 0),
        _ extent: RangeExtent = .plain,
        _ evaluationTime: Int64? = nil
    ) -> Double {
        var scratch = [Double](repeating: 0, count: values.count)
        return unsafe times.withUnsafeBufferPointer { times in
            unsafe values.withUnsafeBufferPointer { values in
                unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                    guard let times = times.baseAddress, let values = values.baseAddress, !self.values.isEmpty else {
                        return MarkerNaN.absent
                    }
                    let window = unsafe Window(
                        times: times,
                        values: values,
                        count: self.values.count,
                        start: start,
                        end: end,
                        evaluationTime: evaluationTime,
                        extent: extent
                    )
                    return unsafe RangeKernel.evaluate(function, window, parameters: parameters, scratch: scratch)
                }
            }
        }
    }
}

func near(_ left: Double?, _ right: Double?, within tolerance: Double = 1e-9) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
    return left == right || (left - right).magnitude <= tolerance * (left.magnitude + right.magnitude)
}

/// Whether two results are the same, bit for bit; one NaN is as good as another unless it marks a missing result.
func sameBits(_ left: Double, _ right: Double) -> Bool {
    if left.isNaN && right.isNaN { return left.isAbsent == right.isAbsent }
    return left.bitPattern == right.bitPattern
}
