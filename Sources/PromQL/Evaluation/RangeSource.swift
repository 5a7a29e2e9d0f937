import Metrics
import Storage

/// A range vector: for each step the samples of each series in a window.
protocol RangeSource: AnyObject {
    /// The expression in the query.
    var range: Range<Int> { get }
    var extent: RangeExtent { get }
    /// The length of the window in milliseconds.
    var window: Int64 { get }
    /// Whether the windows move with the steps; not when `@` ties them to one moment.
    var isMoving: Bool { get }
    /// The moment at which the window of a step at this time ends.
    func moment(for time: Int64) -> Int64

    func begin(_ times: QueryTimes) throws(QueryError)
    func isCurrent(_ index: borrowing SeriesIndex) -> Bool
    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape?

    /// The rows of its largest selector.
    var selectedRows: Int { get }

    /// Gets the samples for these steps within reach, and says which series there are.
    func load(_ steps: Steps, _ run: Run) throws(QueryError) -> Shape

    /// Calls `body` with the samples of each series. They are gone when the next one comes.
    func forEachSeries(
        _ steps: Steps,
        _ run: Run,
        _ body: (SeriesSamples) throws(QueryError) -> Void
    ) throws(QueryError)
}

/// `name{...}[5m]`.
final class SelectedRange: RangeSource {
    let range: Range<Int>
    let extent: RangeExtent
    private(set) var window: Int64 = 0
    private(set) var reference: Reference
    private let windowExpression: DurationExpression
    private var selector: Selector
    let reader = SampleReader()

    init(_ node: MatrixSelector, _ cache: SelectionCache) {
        range = node.range
        extent = node.selector.extent
        windowExpression = node.window
        reference = Reference(offset: node.selector.offset, at: node.selector.at)
        selector = Selector(node.selector.matchers, cache)
    }

    var selection: Selection? { selector.selection }

    var selectedRows: Int { selection?.shape.count ?? 0 }

    var isMoving: Bool { reference.isMoving }

    func moment(for time: Int64) -> Int64 { reference.moment(for: time) }

    func begin(_ times: QueryTimes) throws(QueryError) {
        window = try windowExpression.milliseconds(times, mayBeNegative: false)
        try reference.begin(times)
    }

    func isCurrent(_ index: borrowing SeriesIndex) -> Bool { selector.isCurrent(index) }

    func prepare(_ index: borrowing SeriesIndex) -> Shape? { selector.prepare(index) }

    func load(_ steps: Steps, _ run: Run) -> Shape { selection?.shape ?? .empty }

    /// How far before the window's end samples are wanted.
    func back(_ run: Run) -> Int64 { extent == .plain ? window : window + run.options.lookback.rawValue }

    /// How far behind the window's end samples are wanted.
    func ahead(_ run: Run) -> Int64 { extent == .smoothed ? run.options.lookback.rawValue : 0 }

    func forEachSeries(
        _ steps: Steps,
        _ run: Run,
        _ body: (SeriesSamples) throws(QueryError) -> Void
    ) throws(QueryError) {
        guard let selection, window > 0 else { return }
        for group in selection.groups {
            let view = run.store.view(of: group.timeline)
            let windows = reader.windows(in: view, steps, reference, back: back(run), ahead: ahead(run))
            if windows.frames.isEmpty { continue }
            for (offset, slot) in group.slots.enumerated() {
                try run.spend(windows.frames.count)
                try body(reader.samples(of: Int(slot), row: group.firstRow + offset, in: view, windows))
            }
        }
        for wanderer in selection.wanderers {
            try follow(wanderer, steps, run, body)
        }
    }

    /// Hands over the samples of a series that has moved.
    func follow(
        _ wanderer: Selection.Wanderer,
        _ steps: Steps,
        _ run: Run,
        _ body: (SeriesSamples) throws(QueryError) -> Void
    ) throws(QueryError) {
        let (back, ahead) = (back(run), ahead(run))
        let (times, values) = reader.merged(wanderer.homes, run, steps, reference, back: back, ahead: ahead)
        let (low, high) = reader.edges(times, steps, reference, back: back, ahead: ahead)
        try body(reader.compacted(wanderer.row, times, values, low, high))
    }
}

/// `expression[1h:5m]`: the values of an expression at times that are multiples of the resolution.
final class SubqueryRange: RangeSource {
    let range: Range<Int>
    let extent = RangeExtent.plain
    let expression: any Node
    private(set) var window: Int64 = 0
    private var reference: Reference
    private let windowExpression: DurationExpression
    private let stepExpression: DurationExpression?
    private let defaultStep: Int64
    private var interval: Int64 = 1
    private var inner: (steps: Steps, block: Block)?
    private let reader = SampleReader()
    private let timeBuffer = Buffer<Int64>()

    init(_ node: Subquery, _ expression: any Node, defaultStep: Int64) {
        range = node.range
        self.expression = expression
        windowExpression = node.window
        stepExpression = node.step
        reference = Reference(offset: node.offset, at: node.at)
        self.defaultStep = max(1, defaultStep)
    }

    var isMoving: Bool { reference.isMoving }

    func moment(for time: Int64) -> Int64 { reference.moment(for: time) }

    func begin(_ times: QueryTimes) throws(QueryError) {
        window = try windowExpression.milliseconds(times, mayBeNegative: false)
        let step = try stepExpression?.milliseconds(times, mayBeNegative: false) ?? 0
        interval = step > 0 ? step : defaultStep
        try reference.begin(times)
        try expression.begin(times)
    }

    func isCurrent(_ index: borrowing SeriesIndex) -> Bool { expression.isCurrent(index) }

    var selectedRows: Int { expression.selectedRows }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? { try expression.prepare(index) }

    /// The times at which the expression is evaluated: the multiples of the resolution inside the windows.
    private func innerSteps(_ steps: Steps) -> Steps? {
        let start = moment(for: steps.start) &- window
        var first = start / interval * interval
        if first <= start { first += interval }
        return .covering(first, moment(for: steps.end), every: interval)
    }

    func load(_ steps: Steps, _ run: Run) throws(QueryError) -> Shape {
        inner = nil
        guard let innerSteps = innerSteps(steps) else { return .empty }
        let block = try expression.evaluate(innerSteps, run)
        inner = (innerSteps, block)
        return block.shape
    }

    func forEachSeries(
        _ steps: Steps,
        _ run: Run,
        _ body: (SeriesSamples) throws(QueryError) -> Void
    ) throws(QueryError) {
        guard let inner else { return }
        let times = timeBuffer.cells(inner.steps.count)
        for step in 0..<inner.steps.count { times[step] = inner.steps.time(step) }
        let (low, high) = reader.edges(times, steps, reference, back: window, ahead: 0)
        for row in 0..<inner.block.rows {
            try run.spend(times.count)
            try body(reader.compacted(row, times, inner.block.row(row), low, high))
        }
    }
}
