import Metrics

extension RangeKernel {
    /// `deriv`: the slope per second of the line through the samples.
    static func slope(_ window: Window) -> Double {
        guard window.count > 1 else { return MarkerNaN.absent }
        // Near the samples, so that little is lost to rounding.
        return regression(window, origin: window.time(0)).slope
    }

    /// `predict_linear`: the line's value so many seconds after the evaluation.
    static func prediction(_ window: Window, seconds: Double) -> Double {
        guard window.count > 1 else { return MarkerNaN.absent }
        let line = regression(window, origin: window.evaluationTime)
        return line.slope * seconds + line.intercept
    }

    /// Least squares with compensated sums; the intercept is the value at `origin`.
    static func regression(_ window: Window, origin: Int64) -> (slope: Double, intercept: Double) {
        let first = window.value(0)
        var isConstant = true
        var sumX = CompensatedSum()
        var sumY = CompensatedSum()
        var sumXY = CompensatedSum()
        var sumX2 = CompensatedSum()
        for index in 0..<window.count {
            let y = window.value(index)
            if index > 0 && y != first { isConstant = false }
            let x = Double(window.time(index) &- origin) / 1e3
            sumX.add(x)
            sumY.add(y)
            sumXY.add(x * y)
            sumX2.add(x * x)
        }
        if isConstant {
            return first.isInfinite ? (MarkerNaN.plain, MarkerNaN.plain) : (0, first)
        }
        let n = Double(window.count)
        let x = sumX.sum + sumX.compensation
        let y = sumY.sum + sumY.compensation
        let xy = sumXY.sum + sumXY.compensation
        let x2 = sumX2.sum + sumX2.compensation
        let slope = (xy - x * y / n) / (x2 - x * x / n)
        return (slope, y / n - slope * x / n)
    }

    /// `double_exponential_smoothing` with a level and a trend (Holt's linear method).
    static func smoothed(_ window: Window, factor: Double, trendFactor: Double) -> Double {
        guard window.count > 1 else { return MarkerNaN.absent }
        var previousLevel = 0.0
        var level = window.value(0)
        var trend = window.value(1) - window.value(0)
        for index in 1..<window.count {
            if index > 1 {
                trend = trendFactor * (level - previousLevel) + (1 - trendFactor) * trend
            }
            let next = factor * window.value(index) + (1 - factor) * (level + trend)
            previousLevel = level
            level = next
        }
        return level
    }
}
