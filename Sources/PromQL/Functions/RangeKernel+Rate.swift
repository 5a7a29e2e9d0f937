import Metrics

extension RangeKernel {
    /// `rate`, `increase` and `delta` in each extent.
    static func change(_ function: Function, _ window: Window) -> Double {
        let isCounter = function != .delta
        let isRate = function == .rate
        guard window.extent == .plain else {
            return changeBetweenEdges(window, isCounter: isCounter, isRate: isRate)
        }
        guard window.count > 1 else { return MarkerNaN.absent }
        let last = window.count - 1
        let extrapolation = Extrapolation(
            firstTime: window.time(0),
            lastTime: window.time(last),
            count: window.count,
            start: window.start,
            end: window.end,
            rangeSeconds: isRate ? window.rangeSeconds : nil
        )
        guard isCounter else { return extrapolation.ofGauge(change: window.value(last) - window.value(0)) }
        return extrapolation.ofCounter(change: increaseWithResets(window), first: window.value(0))
    }

    /// `rate` (rangeSeconds given), `increase` (counter) or `delta` of a plain window in which no value is below the one
    /// before it, from its two ends alone. Bit for bit what `evaluate` answers for such a window.
    @inline(__always)
    static func increaseFromEnds(
        first: Double,
        last: Double,
        firstTime: Int64,
        lastTime: Int64,
        count: Int,
        windowStart: Int64,
        windowEnd: Int64,
        isCounter: Bool,
        rangeSeconds: Double?
    ) -> Double {
        guard count > 1 else { return MarkerNaN.absent }
        let extrapolation = Extrapolation(
            firstTime: firstTime,
            lastTime: lastTime,
            count: count,
            start: windowStart,
            end: windowEnd,
            rangeSeconds: rangeSeconds
        )
        return isCounter
            ? extrapolation.ofCounter(change: last - first, first: first) : extrapolation.ofGauge(change: last - first)
    }

    /// Last minus first, and what every reset in between threw away.
    @inline(__always)
    static func increaseWithResets(_ window: Window) -> Double {
        var previous = window.value(0)
        var change = window.value(window.count - 1) - previous
        for index in 1..<window.count {
            let current = window.value(index)
            if current < previous { change += previous }
            previous = current
        }
        return change
    }

    /// `irate` and `idelta`: the last two samples alone.
    static func instantChange(_ window: Window, isRate: Bool) -> Double {
        guard window.count > 1 else { return MarkerNaN.absent }
        let last = window.value(window.count - 1)
        let previous = window.value(window.count - 2)
        let interval = window.time(window.count - 1) &- window.time(window.count - 2)
        guard interval != 0 else { return MarkerNaN.absent }
        // After a reset a counter has come up from zero.
        let change = isRate && last < previous ? last : last - previous
        return isRate ? change / (Double(interval) / 1_000) : change
    }

    /// How often the value changed. From one NaN to another is no change.
    static func changes(_ window: Window) -> Double {
        count(window) { previous, current in isChange(from: previous, to: current) }
    }

    /// How often the value went down.
    static func resets(_ window: Window) -> Double {
        count(window) { previous, current in current < previous }
    }

    @inline(__always)
    static func isChange(from previous: Double, to current: Double) -> Bool {
        current != previous && !(current.isNaN && previous.isNaN)
    }

    @inline(__always)
    private static func count(_ window: Window, where isHit: (Double, Double) -> Bool) -> Double {
        var first = 0
        if window.extent != .plain {
            guard window.time(window.count - 1) > window.start else { return MarkerNaN.absent }
            first = anchor(window)
        }
        var hits = 0
        var previous = window.value(first)
        for index in (first + 1)..<max(first + 1, window.count) {
            let current = window.value(index)
            if isHit(previous, current) { hits += 1 }
            previous = current
        }
        return Double(hits)
    }
}
