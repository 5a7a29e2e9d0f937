/// The windows of a range query: one for each step, moving through time by equal strides.
struct SweepPlan: Sendable {
    /// The right edge of the first window.
    var firstEnd: Int64
    var step: Int64
    var steps: Int
    /// The length of each window.
    var range: Int64
    /// How much later than its window's right edge a step is evaluated.
    var offset: Int64 = 0
    var extent = RangeExtent.plain
    /// How far beyond its edges an anchored or smoothed window looks for samples.
    var lookback: Int64 = 0
}

/// Walks over one long run of samples and shows each step its window. All steps together read the times once.
///
/// Safety: borrows the samples as `Window` does; both pointers hold `count` elements while the cursor is in use.
@safe
struct WindowCursor {
    let times: UnsafePointer<Int64>
    let values: UnsafePointer<Double>
    let count: Int
    let plan: SweepPlan
    private let rangeSeconds: Double
    private let reachBefore: Int64
    private let reachAfter: Int64
    /// The samples of the present window: `lower..<upper`.
    private(set) var lower = 0
    private(set) var upper = 0

    init(times: UnsafePointer<Int64>, values: UnsafePointer<Double>, count: Int, plan: SweepPlan) {
        unsafe self.times = times
        unsafe self.values = values
        self.count = count
        self.plan = plan
        rangeSeconds = Window.seconds(ofRange: plan.range)
        reachBefore = plan.extent == .plain ? 0 : plan.lookback
        reachAfter = plan.extent == .smoothed ? plan.lookback : 0
    }

    /// The window of a step. Steps must be asked for in ascending order.
    @inline(__always)
    mutating func window(ofStep step: Int) -> Window {
        let end = plan.firstEnd &+ Int64(step) &* plan.step
        let start = end &- plan.range
        while upper < count, unsafe times[upper] <= end &+ reachAfter { upper += 1 }
        while lower < upper, unsafe times[lower] <= start &- reachBefore { lower += 1 }
        return unsafe Window(
            times: times + lower,
            values: values + lower,
            count: upper - lower,
            start: start,
            end: end,
            evaluationTime: end &+ plan.offset,
            rangeSeconds: rangeSeconds,
            extent: plan.extent
        )
    }
}
