import Metrics

extension RangeKernel {
    static func sum(_ window: Window) -> Double {
        var total = CompensatedSum()
        for index in 0..<window.count { total.add(window.value(index)) }
        return total.value
    }

    static func average(_ window: Window) -> Double {
        var total = CompensatedSum(window.value(0))
        for index in 1..<max(1, window.count) {
            let value = window.value(index)
            if (total.sum + value).isInfinite { return averageBeyondRange(window) }
            total.add(value)
        }
        let count = Double(window.count)
        return total.sum / count + total.compensation / count
    }

    /// The same with an accumulator that can do without the sum. Apart, so that the usual loop stays in registers.
    @inline(never)
    private static func averageBeyondRange(_ window: Window) -> Double {
        var mean = AverageAccumulator(first: window.value(0))
        for index in 1..<max(1, window.count) { mean.add(window.value(index)) }
        return mean.value
    }

    /// Welford's method with both running values compensated. No values have no variance.
    static func variance(_ window: Window) -> Double {
        var mean = CompensatedSum()
        var squares = CompensatedSum()
        for index in 0..<window.count {
            let value = window.value(index)
            let delta = value - (mean.sum + mean.compensation)
            mean.add(delta / Double(index + 1))
            squares.add(delta * (value - (mean.sum + mean.compensation)))
        }
        return (squares.sum + squares.compensation) / Double(window.count)
    }

    /// The place of the largest value, the first of several. NaN only where there is nothing else, and then the last one.
    static func maximum(_ window: Window) -> Int { extreme(window) { $0 > $1 } }

    /// The place of the smallest value, the first of several. NaN only where there is nothing else, and then the last one.
    static func minimum(_ window: Window) -> Int { extreme(window) { $0 < $1 } }

    /// The place of the largest value, the last of several.
    static func lastMaximum(_ window: Window) -> Int { extreme(window) { $0 >= $1 } }

    /// The place of the smallest value, the last of several.
    static func lastMinimum(_ window: Window) -> Int { extreme(window) { $0 <= $1 } }

    @inline(__always)
    private static func extreme(_ window: Window, beats: (Double, Double) -> Bool) -> Int {
        var place = 0
        var best = window.value(0)
        for index in 1..<max(1, window.count) {
            let value = window.value(index)
            if beats(value, best) || best.isNaN {
                best = value
                place = index
            }
        }
        return place
    }

    static func quantile(_ q: Double, _ window: Window, _ scratch: UnsafeMutableBufferPointer<Double>) -> Double {
        let values = unsafe UnsafeMutableBufferPointer(rebasing: scratch[..<window.count])
        for index in 0..<window.count { unsafe values[index] = window.value(index) }
        return unsafe Quantile.of(values, q)
    }

    /// The median distance from the median.
    static func medianAbsoluteDeviation(_ window: Window, _ scratch: UnsafeMutableBufferPointer<Double>) -> Double {
        // A quantile counts NaN as smallest; here it must not vanish among the others.
        for index in 0..<window.count where window.value(index).isNaN { return MarkerNaN.plain }
        let median = unsafe quantile(0.5, window, scratch)
        let values = unsafe UnsafeMutableBufferPointer(rebasing: scratch[..<window.count])
        for index in 0..<window.count { unsafe values[index] = (window.value(index) - median).magnitude }
        return unsafe Quantile.of(values, 0.5)
    }
}
