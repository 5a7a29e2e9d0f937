import Metrics

/// `anchored` and `smoothed` windows: nothing is extrapolated; the samples around the edges stand for the values at them.
extension RangeKernel {
    /// The last sample at or before the window's start, or the first of all.
    @inline(__always)
    static func anchor(_ window: Window) -> Int {
        max(0, window.firstIndex(below: window.count - 1) { $0 > window.start } - 1)
    }

    /// `rate`, `increase` and `delta` between the values at the two edges.
    static func changeBetweenEdges(_ window: Window, isCounter: Bool, isRate: Bool) -> Double {
        let isSmoothed = window.extent == .smoothed
        var first = anchor(window)
        var last = window.count - 1
        if isSmoothed {
            last = window.firstIndex(below: last) { $0 >= window.end }
        }
        guard window.time(last) > window.start else { return MarkerNaN.absent }

        var left = window.value(first)
        if isSmoothed && window.time(first) < window.start {
            left = interpolated(window, after: first, at: window.start, isCounter: isCounter)
        }
        var right = window.value(last)
        if isSmoothed && last > 0 && window.time(last) > window.end {
            right = interpolated(window, after: last - 1, at: window.end, isCounter: isCounter)
        }
        var change = right - left
        if isCounter {
            // Resets at the edges are in the interpolated values already.
            if window.time(first) <= window.start { first += 1 }
            if window.time(last) >= window.end { last -= 1 }
            change += lostInResets(window, first, last, from: left, to: right)
        }
        return isRate ? change / window.rangeSeconds : change
    }

    /// The value on the line between two neighbours. A counter that was reset between them rises from zero.
    private static func interpolated(_ window: Window, after index: Int, at time: Int64, isCounter: Bool) -> Double {
        var from = window.value(index)
        let to = window.value(index + 1)
        if isCounter && to < from { from = 0 }
        let elapsed = Double(time &- window.time(index))
        return from + (to - from) * elapsed / Double(window.time(index + 1) &- window.time(index))
    }

    private static func lostInResets(
        _ window: Window,
        _ first: Int,
        _ last: Int,
        from left: Double,
        to right: Double
    ) -> Double {
        var lost = 0.0
        var previous = left
        var index = first
        while index <= last {
            let current = window.value(index)
            if current < previous { lost += previous }
            previous = current
            index += 1
        }
        return right < previous ? lost + previous : lost
    }
}
