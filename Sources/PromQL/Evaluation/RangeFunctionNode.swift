import Metrics
import Storage

/// A function over a range vector that yields a value per series: `rate(x[5m])`, `quantile_over_time(0.9, x[1h])`.
final class RangeFunctionNode: Node {
    let range: Range<Int>
    /// The scalar arguments.
    let children: [any Node]
    private let function: Function
    private let source: any RangeSource
    private let ends: RateFromEnds?
    private let buffer = Buffer<Double>()
    private let scratch = Buffer<Double>()
    private var renamed = RenamedShape()
    private var suspects = Derived<CounterSuspects>()
    private var lookback: Int64 = 0
    /// Values of this evaluation so far, which are in memory beside a series' samples.
    private var produced = 0

    init(_ function: Function, _ source: any RangeSource, scalars: [any Node], range: Range<Int>) {
        self.function = function
        self.source = source
        children = scalars
        self.range = range
        ends = RateFromEnds(function, source)
    }

    func begin(_ times: QueryTimes) throws(QueryError) {
        for child in children { try child.begin(times) }
        try source.begin(times)
    }

    func isCurrent(_ index: borrowing SeriesIndex) -> Bool {
        for child in children where !child.isCurrent(index) { return false }
        return source.isCurrent(index)
    }

    var selectedRows: Int { max(source.selectedRows, children.map(\.selectedRows).max() ?? 0) }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        for child in children { _ = try child.prepare(index) }
        guard let shape = try source.prepare(index) else { return nil }
        if looksForCounters {
            _ = try suspects.value(for: [shape], index) { CounterSuspects(shape, $0) }
        }
        return output(shape)
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        if let problem = RangeKernel.extentProblem(function, source.extent) { throw .evaluation(problem) }
        var parameters: [Block] = []
        for child in children { parameters.append(try child.evaluate(steps, run)) }
        lookback = run.options.lookback.rawValue
        let samplesBefore = run.samples
        produced = 0
        let shape = try source.load(steps, run)
        let values = buffer.cells(try run.room(rows: shape.count, steps: steps.count))
        let block = Block(shape: output(shape), steps: steps.count, values: values)
        if let ends, source.isMoving || steps.count == 1 {
            try ends.evaluate(steps, run, into: block) { samples throws(QueryError) in
                try fill(block, samples, steps, parameters, run)
            }
        } else {
            values.fill(MarkerNaN.absent)
            try source.forEachSeries(steps, run) { samples throws(QueryError) in
                try fill(block, samples, steps, parameters, run)
            }
        }
        run.settle(at: samplesBefore)
        let count = block.sampleCount
        try run.load(count)
        if function == .quantileOverTime && count > 0 { checkQuantiles(parameters[0], run) }
        if looksForCounters { try suspect(shape, block, run) }
        return block
    }

    private func output(_ shape: Shape) -> Shape {
        function == .lastOverTime || function == .firstOverTime ? shape : renamed.dropped(shape)
    }

    /// The function's values for one series.
    private func fill(
        _ block: Block,
        _ samples: SeriesSamples,
        _ steps: Steps,
        _ parameters: [Block],
        _ run: Run
    ) throws(QueryError) {
        var largest = 0
        for step in 0..<steps.count {
            largest = max(largest, Int(samples.high[step] - samples.low[step]))
        }
        if run.samples + produced + largest > run.options.maxSamples { throw .tooManySamples }
        if steps.count > 1 && parameters.isEmpty && source.isMoving {
            try run.spend(samples.times.count)
            sweep(samples, steps, into: block.row(samples.row))
        } else {
            for step in 0..<steps.count {
                try run.spend(Int(samples.high[step] - samples.low[step]))
                block[samples.row, step] = try value(samples, step, steps, parameters)
            }
        }
        for step in 0..<steps.count where !block[samples.row, step].isAbsent { produced += 1 }
    }

    /// All steps in one pass over the samples.
    private func sweep(_ samples: SeriesSamples, _ steps: Steps, into row: Cells<Double>) {
        let end = source.moment(for: steps.start)
        let plan = SweepPlan(
            firstEnd: end,
            step: steps.interval,
            steps: steps.count,
            range: source.window,
            offset: steps.start &- end,
            extent: source.extent,
            lookback: lookback
        )
        let count = samples.times.count
        // The cells outlive the kernel: nothing else is read before it returns.
        let cursor = unsafe WindowCursor(
            times: samples.times.base,
            values: samples.values.base,
            count: count,
            plan: plan
        )
        unsafe RangeKernel.sweep(function, cursor, scratch: scratch.cells(count).mutable, into: row.base)
    }

    /// The value at one step, from its window alone.
    private func value(
        _ samples: SeriesSamples,
        _ step: Int,
        _ steps: Steps,
        _ parameters: [Block]
    ) throws(QueryError) -> Double {
        let low = Int(samples.low[step])
        let count = Int(samples.high[step]) - low
        guard count > 0 else { return MarkerNaN.absent }
        if function == .doubleExponentialSmoothing { try checkSmoothing(parameters, step) }
        let end = source.moment(for: steps.time(step))
        // The cells outlive the kernel: nothing else is read before it returns.
        let window = unsafe Window(
            times: samples.times.base + low,
            values: samples.values.base + low,
            count: count,
            start: end &- source.window,
            end: end,
            evaluationTime: steps.time(step),
            extent: source.extent
        )
        let room = scratch.cells(RangeKernel.needsScratch(function) ? count : 0)
        return unsafe RangeKernel.evaluate(
            function,
            window,
            parameters: (
                parameters.count > 0 ? parameters[0].values[step] : 0,
                parameters.count > 1 ? parameters[1].values[step] : 0
            ),
            scratch: room.mutable
        )
    }
}

// MARK: - What can be wrong

extension RangeFunctionNode {
    private func checkSmoothing(_ parameters: [Block], _ step: Int) throws(QueryError) {
        let problem = RangeKernel.smoothingProblem(
            factor: parameters[0].values[step],
            trendFactor: parameters[1].values[step]
        )
        if let problem { throw .evaluation(problem) }
    }

    private func checkQuantiles(_ quantiles: Block, _ run: Run) {
        for step in 0..<quantiles.steps {
            run.checkQuantile(quantiles.values[step], at: children[0].range)
        }
    }

    private var looksForCounters: Bool { function == .rate || function == .increase }

    /// Says so where a rate was taken of what is no counter by its name.
    private func suspect(_ shape: Shape, _ block: Block, _ run: Run) throws(QueryError) {
        if !suspects.isOf([shape]) {
            try run.store.readIndex { index throws(QueryError) in
                _ = try suspects.value(for: [shape], index) { CounterSuspects(shape, $0) }
            }
        }
        for suspect in suspects.value?.names ?? [] {
            if suspect.rows.contains(where: { block.hasValue(row: Int($0)) }) {
                run.note(.possibleNonCounter(metric: suspect.name), at: source.range)
            }
        }
    }
}

/// The metrics among the rows of a shape that are no counters by their names.
struct CounterSuspects {
    private(set) var names: [(name: String, rows: [Int32])] = []

    init(_ shape: Shape, _ index: borrowing SeriesIndex) {
        var rows: [String: [Int32]] = [:]
        if let series = shape.table.series {
            guard let symbol = index.symbol(of: Labels.metricName) else { return }
            var bySymbol: [Symbol: [Int32]] = [:]
            for (row, id) in series.enumerated() {
                bySymbol[index.value(of: symbol, in: id), default: []].append(Int32(row))
            }
            for (symbol, members) in bySymbol { rows[index.text(of: symbol), default: []] += members }
        } else {
            for row in 0..<shape.count {
                rows[shape.table.labels(of: row, index).metricName ?? "", default: []].append(Int32(row))
            }
        }
        names = rows.filter { !Self.isCounter($0.key) }.map { (name: $0.key, rows: $0.value) }
    }

    private static func isCounter(_ name: String) -> Bool {
        name.isEmpty || ["_total", "_sum", "_count", "_bucket"].contains { name.hasSuffix($0) }
    }
}
