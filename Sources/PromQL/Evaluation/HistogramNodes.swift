import Metrics
import Storage

/// How the rows of a vector make up classic histograms: rows that differ in `le` alone are the buckets of one.
struct HistogramLayout {
    struct Bucket {
        var row: Int32
        var bound: Double
    }

    private static let withoutBound = LabelProjection.removing(["le"])

    /// The buckets of each histogram, bounds ascending.
    private(set) var histograms: [[Bucket]] = []
    /// The labels of each histogram, without `le`.
    private(set) var labels: [Labels] = []
    /// Rows whose `le` is no number.
    private(set) var strays: [(row: Int32, metric: String, value: String)] = []
    /// How many buckets the largest histogram has.
    private(set) var largest = 0

    init(_ shape: Shape, _ index: borrowing SeriesIndex) {
        var table = LabelRows()
        var bounds: [String: Double?] = [:]
        for row in 0..<shape.count {
            let labels = shape.table.labels(of: row, index)
            let text = labels["le"] ?? ""
            let bound = bounds[text] ?? BucketBound.parse(text)
            bounds[text] = bound
            add(Int32(row), bound, text, labels, to: &table)
        }
        labels = table.labels
        for place in histograms.indices {
            histograms[place].sort { ($0.bound, $0.row) < ($1.bound, $1.row) }
            largest = max(largest, histograms[place].count)
        }
    }

    private mutating func add(
        _ row: Int32,
        _ bound: Double?,
        _ text: String,
        _ labels: Labels,
        to table: inout LabelRows
    ) {
        guard let bound else {
            strays.append((row, labels.metricName ?? "", text))
            return
        }
        let place = Int(table.row(of: labels, projectedBy: Self.withoutBound))
        if place == histograms.count { histograms.append([]) }
        histograms[place].append(Bucket(row: row, bound: bound))
    }
}

/// `histogram_quantile`, `histogram_quantiles` and `histogram_fraction` of classic histograms.
final class HistogramNode: Node {
    enum Question {
        /// One quantile.
        case quantile
        /// Several quantiles, told apart by a label.
        case quantiles(label: String)
        /// The share of observations between two values.
        case fraction
    }

    let range: Range<Int>
    /// The vector, then the scalars.
    let children: [any Node]
    private let question: Question
    private var layout = Derived<(layout: HistogramLayout, shape: Shape)>()
    private var labelled: (quantiles: [Double], input: Shape, shape: Shape)?
    private let buffer = Buffer<Double>()
    private let bounds = Buffer<Double>()
    private let counts = Buffer<Double>()

    init(_ question: Question, _ vector: any Node, scalars: [any Node], range: Range<Int>) {
        self.question = question
        children = [vector] + scalars
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        for child in children.dropFirst() { _ = try child.prepare(index) }
        guard let shape = try children[0].prepare(index) else { return nil }
        let made = try plan(shape, index)
        // The labels of several quantiles depend on the scalars.
        if case .quantiles = question { return nil }
        return made.shape
    }

    private func plan(
        _ shape: Shape,
        _ index: borrowing SeriesIndex
    ) throws(QueryError) -> (layout: HistogramLayout, shape: Shape) {
        try layout.value(for: [shape], index) { index throws(QueryError) in
            let layout = HistogramLayout(shape, index)
            return (layout, Shape(LabelTable(layout.labels, .distinct), naming: .dropped))
        }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        var scalars: [Block] = []
        for child in children.dropFirst() { scalars.append(try child.evaluate(steps, run)) }
        let before = run.samples
        let input = try children[0].evaluate(steps, run)
        let plan: (layout: HistogramLayout, shape: Shape)
        if let known = layout.value, layout.isOf([input.shape]) {
            plan = known
        } else {
            plan = try run.store.readIndex { index throws(QueryError) in try self.plan(input.shape, index) }
        }
        noteStrays(plan.layout, input, run)
        if case .fraction = question {
        } else {
            for (place, scalar) in scalars.enumerated() {
                for step in 0..<steps.count {
                    run.checkQuantile(scalar.values[step], at: children[place + 1].range)
                }
            }
        }
        let block = try answer(plan.layout, plan.shape, input, scalars, steps, run)
        run.settle(at: before)
        try run.load(block.sampleCount)
        return block
    }

    private func noteStrays(_ layout: HistogramLayout, _ input: Block, _ run: Run) {
        for stray in layout.strays {
            if input.hasValue(row: Int(stray.row)) {
                run.note(.badBucketLabel(metric: stray.metric, value: stray.value), at: children[0].range)
            }
        }
    }

    private func answer(
        _ layout: HistogramLayout,
        _ shape: Shape,
        _ input: Block,
        _ scalars: [Block],
        _ steps: Steps,
        _ run: Run
    ) throws(QueryError) -> Block {
        switch question {
        case .quantile:
            let block = try room(shape, steps, run)
            try fill(block, layout, input, steps, run) { histogram, place, step in
                block[place, step] = histogram.quantile(scalars[0].values[step])
            }
            return block
        case .fraction:
            let block = try room(shape, steps, run)
            try fill(block, layout, input, steps, run) { histogram, place, step in
                block[place, step] = histogram.fraction(scalars[0].values[step], scalars[1].values[step])
            }
            return block
        case .quantiles(let label):
            return try severalQuantiles(label, layout, shape, input, scalars, steps, run)
        }
    }

    private func room(_ shape: Shape, _ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let values = buffer.cells(try run.room(rows: shape.count, steps: steps.count), filledWith: MarkerNaN.absent)
        return Block(shape: shape, steps: steps.count, values: values)
    }

    /// Calls `answer` for each histogram at each step at which it has buckets.
    private func fill(
        _ block: Block,
        _ layout: HistogramLayout,
        _ input: Block,
        _ steps: Steps,
        _ run: Run,
        _ answer: (ClassicHistogram, Int, Int) -> Void
    ) throws(QueryError) {
        let bounds = bounds.cells(layout.largest)
        let counts = counts.cells(layout.largest)
        for (place, buckets) in layout.histograms.enumerated() {
            try run.spend(buckets.count * steps.count)
            for step in 0..<steps.count {
                var count = 0
                for bucket in buckets {
                    let value = input[Int(bucket.row), step]
                    if value.isAbsent { continue }
                    bounds[count] = bucket.bound
                    counts[count] = value
                    count += 1
                }
                guard count > 0 else { continue }
                // The cells outlive the histogram, which is done with them when `answer` returns.
                var histogram = unsafe ClassicHistogram(bounds: bounds.base, counts: counts.base, count: count)
                if case .fraction = question {
                } else {
                    histogram.makeMonotonic()
                    if let repair = histogram.repair { note(repair, layout.labels[place], steps.time(step), run) }
                }
                answer(histogram, place, step)
            }
        }
    }

    private func note(_ repair: MonotonicityRepair, _ labels: Labels, _ time: Int64, _ run: Run) {
        let report = MonotonicityReport(repair, at: Timestamp(milliseconds: time))
        run.note(.forcedMonotonicity(metric: labels.metricName ?? "", report), at: children[0].range)
    }
}

// MARK: - Several quantiles

extension HistogramNode {
    /// A row for each histogram and each quantile, of which there are as many as the scalars have values.
    private func severalQuantiles(
        _ label: String,
        _ layout: HistogramLayout,
        _ shape: Shape,
        _ input: Block,
        _ scalars: [Block],
        _ steps: Steps,
        _ run: Run
    ) throws(QueryError) -> Block {
        var quantiles: [Double] = []
        for scalar in scalars {
            for step in 0..<steps.count {
                let isFirst = step == 0 || scalar.values[step].bitPattern != scalar.values[step - 1].bitPattern
                // At one step each scalar has its own rows, even where two are equal: that is an error at the end.
                if isFirst
                    && (steps.count == 1 || !quantiles.contains { $0.bitPattern == scalar.values[step].bitPattern })
                {
                    quantiles.append(scalar.values[step])
                }
            }
        }
        let width = layout.histograms.count
        let block = try room(labelled(label, quantiles, layout, shape), steps, run)
        try fill(block, layout, input, steps, run) { histogram, place, step in
            for (number, scalar) in scalars.enumerated() {
                let value = scalar.values[step]
                let group =
                    steps.count == 1
                    ? number : quantiles.firstIndex { $0.bitPattern == value.bitPattern } ?? number
                block[group * width + place, step] = histogram.quantile(value)
            }
        }
        return block
    }

    private func labelled(_ label: String, _ quantiles: [Double], _ layout: HistogramLayout, _ input: Shape) -> Shape {
        if let labelled, labelled.input === input,
            labelled.quantiles.map(\.bitPattern) == quantiles.map(\.bitPattern)
        {
            return labelled.shape
        }
        let labels = quantiles.flatMap { quantile in
            layout.labels.map { base in
                var builder = LabelsBuilder(base)
                builder.set(label, Self.text(of: quantile))
                return builder.build()
            }
        }
        let shape = Shape(LabelTable(labels), naming: .dropped)
        labelled = (quantiles, input, shape)
        return shape
    }

    /// As OpenMetrics writes quantiles: always with a point or an exponent.
    private static func text(of quantile: Double) -> String {
        let text = Number.general(quantile)
        return !quantile.isFinite || text.utf8.contains(UInt8(ascii: ".")) || text.utf8.contains(UInt8(ascii: "e"))
            ? text : text + ".0"
    }
}
