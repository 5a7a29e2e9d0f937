import Metrics
import Storage

/// `absent(v)`: 1 where no series has a value.
final class AbsentNode: Node {
    let range: Range<Int>
    let children: [any Node]
    private let shape: Shape
    private let buffer = Buffer<Double>()

    init(_ child: any Node, labels: Labels, range: Range<Int>) {
        children = [child]
        shape = Shape(LabelTable([labels]))
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        _ = try children[0].prepare(index)
        return shape
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let input = try children[0].evaluate(steps, run)
        let values = buffer.cells(steps.count, filledWith: 1)
        for row in 0..<input.rows {
            for step in 0..<steps.count where !input[row, step].isAbsent { values[step] = MarkerNaN.absent }
        }
        return Block(shape: shape, steps: steps.count, values: values)
    }
}

/// `absent_over_time(x[5m])`: 1 where no series has a sample in the window.
final class AbsentOverTimeNode: Node {
    let range: Range<Int>
    let children: [any Node] = []
    private let source: any RangeSource
    private let shape: Shape
    private let buffer = Buffer<Double>()

    init(_ source: any RangeSource, labels: Labels, range: Range<Int>) {
        self.source = source
        shape = Shape(LabelTable([labels]))
        self.range = range
    }

    func begin(_ times: QueryTimes) throws(QueryError) { try source.begin(times) }

    func isCurrent(_ index: borrowing SeriesIndex) -> Bool { source.isCurrent(index) }

    var selectedRows: Int { source.selectedRows }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        _ = try source.prepare(index)
        return shape
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        if let problem = RangeKernel.extentProblem(.absentOverTime, source.extent) { throw .evaluation(problem) }
        let before = run.samples
        _ = try source.load(steps, run)
        let values = buffer.cells(steps.count, filledWith: 1)
        try source.forEachSeries(steps, run) { samples throws(QueryError) in
            for step in 0..<steps.count where samples.high[step] > samples.low[step] {
                values[step] = MarkerNaN.absent
            }
        }
        run.settle(at: before)
        return Block(shape: shape, steps: steps.count, values: values)
    }
}

extension Expression {
    /// The labels of what `absent` says is missing: those that a selector demands to have exactly one value.
    var labelsOfAbsence: Labels {
        let matchers: [LabelMatcher]
        switch self {
        case .vectorSelector(let node): matchers = node.matchers
        case .matrixSelector(let node): matchers = node.selector.matchers
        default: return .empty
        }
        var builder = LabelsBuilder()
        var demanded: Set<String> = []
        for matcher in matchers where matcher.name != Labels.metricName {
            if matcher.operation == .equal && demanded.insert(matcher.name).inserted {
                builder.set(matcher.name, matcher.value)
            } else {
                // A label with two conditions is left out, even where both demand the same value.
                builder.remove(matcher.name)
            }
        }
        return builder.build()
    }
}
