import Metrics

/// The samples of one series in one window, and where the window lies.
///
/// Times ascend strictly; there are no holes and no staleness markers among the values. For a plain window all samples
/// lie in `(start, end]`. For an anchored or smoothed one there may be samples before `start` (and, smoothed, behind `end`).
///
/// Safety: the window borrows memory that whoever builds it must keep alive and unchanged while a kernel runs, at least
/// `count` elements each. Kernels only read indices below `count`.
@safe
struct Window {
    let times: UnsafePointer<Int64>
    let values: UnsafePointer<Double>
    let count: Int
    /// The edges in milliseconds.
    let start: Int64
    let end: Int64
    /// The moment the query is evaluated at: differs from `end` by the offset.
    let evaluationTime: Int64
    /// The length of the range as rates are divided by it.
    let rangeSeconds: Double
    let extent: RangeExtent

    /// Leave out `evaluationTime` when there is no offset, and `rangeSeconds` outside hot loops.
    init(
        times: UnsafePointer<Int64>,
        values: UnsafePointer<Double>,
        count: Int,
        start: Int64,
        end: Int64,
        evaluationTime: Int64? = nil,
        rangeSeconds: Double? = nil,
        extent: RangeExtent = .plain
    ) {
        unsafe self.times = times
        unsafe self.values = values
        self.count = count
        self.start = start
        self.end = end
        self.evaluationTime = evaluationTime ?? end
        self.rangeSeconds = rangeSeconds ?? Window.seconds(ofRange: end &- start)
        self.extent = extent
    }

    @inline(__always)
    func value(_ index: Int) -> Double { unsafe values[index] }

    @inline(__always)
    func time(_ index: Int) -> Int64 { unsafe times[index] }

    /// A range in seconds, rounded as Go's `Duration.Seconds` rounds: whole seconds and the fraction apart.
    static func seconds(ofRange milliseconds: Int64) -> Double {
        let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        return Double(whole) + Double(rest * 1_000_000) / 1e9
    }

    /// The first index below `limit` that satisfies the condition, or `limit`; the condition never turns false again.
    @inline(__always)
    func firstIndex(below limit: Int, where condition: (Int64) -> Bool) -> Int {
        var low = 0
        var high = limit
        while low < high {
            let middle = (low + high) / 2
            if condition(time(middle)) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }
}
