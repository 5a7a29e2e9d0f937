/// How far the change between the first and the last sample of a window stands for the whole window.
///
/// Depends on times alone, so it is computed once for all series whose samples share their times. Only the rule that a
/// counter does not start below zero looks at a series' values.
struct Extrapolation: Sendable {
    private let sampledInterval: Double
    private let durationToStart: Double
    private let durationToEnd: Double
    private let rangeSeconds: Double?
    /// What a change is multiplied by where the limit at zero does not bind.
    let factor: Double

    /// `rangeSeconds` nil asks for the change over the window, otherwise for the change per second. `count` is at least 2.
    @inline(__always)
    init(firstTime: Int64, lastTime: Int64, count: Int, start: Int64, end: Int64, rangeSeconds: Double?) {
        sampledInterval = Double(lastTime &- firstTime) / 1_000
        let averageInterval = sampledInterval / Double(count - 1)
        // A gap at an edge that is not much longer than the usual one is bridged whole; behind a longer one the series
        // is taken to begin or end half an interval outside of its samples.
        let threshold = averageInterval * 1.1
        let gapBefore = Double(firstTime &- start) / 1_000
        let gapAfter = Double(end &- lastTime) / 1_000
        durationToStart = gapBefore >= threshold ? averageInterval / 2 : gapBefore
        durationToEnd = gapAfter >= threshold ? averageInterval / 2 : gapAfter
        self.rangeSeconds = rangeSeconds
        let whole = (sampledInterval + durationToStart + durationToEnd) / sampledInterval
        factor = rangeSeconds.map { whole / $0 } ?? whole
    }

    /// The extrapolated change of a gauge.
    @inline(__always)
    func ofGauge(change: Double) -> Double { change * factor }

    /// The extrapolated increase of a counter whose first sample in the window is `first`.
    @inline(__always)
    func ofCounter(change: Double, first: Double) -> Double {
        guard change > 0, first >= 0 else { return change * factor }
        let durationToZero = sampledInterval * (first / change)
        guard durationToZero < durationToStart else { return change * factor }
        return change * limitedFactor(durationToZero)
    }

    @inline(never)
    private func limitedFactor(_ durationToZero: Double) -> Double {
        let whole = (sampledInterval + durationToZero + durationToEnd) / sampledInterval
        return rangeSeconds.map { whole / $0 } ?? whole
    }

    /// `ofCounter` for many series at once, which saves the division for all counters that are far from zero.
    ///
    /// Safety: all three buffers hold `count` elements; `result` may be one of the inputs.
    func ofCounters(
        first: UnsafePointer<Double>,
        last: UnsafePointer<Double>,
        count: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        // Where first / change is above this bound by more than rounding can hide, the limit at zero cannot bind. Very
        // small changes are left to the exact form, because products of them may lose digits.
        let bound = durationToStart * (1 + 0x1p-40)
        let factor = factor
        let sampledInterval = sampledInterval
        for index in 0..<count {
            let from = unsafe first[index]
            let change = unsafe last[index] - from
            if change > 0x1p-800, from * sampledInterval > change * bound {
                unsafe result[index] = change * factor
            } else {
                unsafe result[index] = ofCounter(change: change, first: from)
            }
        }
    }

    /// `ofGauge` for many series at once.
    ///
    /// Safety: all three buffers hold `count` elements; `result` may be one of the inputs.
    func ofGauges(
        first: UnsafePointer<Double>,
        last: UnsafePointer<Double>,
        count: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        let factor = factor
        for index in 0..<count {
            unsafe result[index] = (last[index] - first[index]) * factor
        }
    }
}
