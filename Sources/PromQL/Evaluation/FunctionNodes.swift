import Metrics
import Storage

/// A function of one number at a time: `abs(v)`, `clamp(v, 0, 10)`, `hour(v)`.
final class FunctionNode: Node {
    let range: Range<Int>
    /// The vector, then the scalars.
    let children: [any Node]
    private let function: Function
    private var renamed = RenamedShape()

    init(_ function: Function, _ arguments: [any Node], range: Range<Int>) {
        self.function = function
        children = arguments
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        for child in children.dropFirst() { _ = try child.prepare(index) }
        return try children[0].prepare(index).map { renamed.dropped($0) }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        var block = try children[0].evaluate(steps, run)
        var scalars: [Block] = []
        for child in children.dropFirst() { scalars.append(try child.evaluate(steps, run)) }
        block.shape = renamed.dropped(block.shape)
        try run.spend(block.values.count)
        if function == .abs && scalars.isEmpty {
            for place in 0..<block.values.count where !block.values[place].isAbsent {
                block.values[place] = block.values[place].magnitude
            }
            return block
        }
        for step in 0..<steps.count {
            // `round` without its second argument rounds to 1.
            let first = scalars.isEmpty ? 1 : scalars[0].values[step]
            let second = scalars.count > 1 ? scalars[1].values[step] : 0
            let isEmpty = function == .clamp && InstantKernel.isEmptyClamp(first, second)
            for row in 0..<block.rows where !block[row, step].isAbsent {
                block[row, step] =
                    isEmpty
                    ? MarkerNaN.absent : InstantKernel.evaluate(function, block[row, step], first, second)
            }
        }
        return block
    }
}

/// `-v`.
final class NegationNode: Node {
    let range: Range<Int>
    let children: [any Node]
    private var renamed = RenamedShape()

    init(_ child: any Node, range: Range<Int>) {
        children = [child]
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        try children[0].prepare(index).map { renamed.dropped($0) }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        var block = try children[0].evaluate(steps, run)
        block.shape = renamed.dropped(block.shape)
        for place in 0..<block.values.count where !block.values[place].isAbsent {
            block.values[place] = -block.values[place]
        }
        return block
    }
}

/// `timestamp(v)` of anything but a selector: the time of the step.
final class TimestampNode: Node {
    let range: Range<Int>
    let children: [any Node]
    private var renamed = RenamedShape()
    // The times of a selector's samples come from the selector itself.
    private let hasTimes: Bool

    init(_ child: any Node, hasTimes: Bool, range: Range<Int>) {
        children = [child]
        self.hasTimes = hasTimes
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        try children[0].prepare(index).map { renamed.dropped($0) }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        var block = try children[0].evaluate(steps, run)
        block.shape = renamed.dropped(block.shape)
        if hasTimes { return block }
        for step in 0..<steps.count {
            let time = Double(steps.time(step)) / 1_000
            for row in 0..<block.rows where !block[row, step].isAbsent { block[row, step] = time }
        }
        return block
    }
}

/// The functions of native histograms, which yield nothing of a plain number.
final class HistogramOnlyNode: Node {
    let range: Range<Int>
    let children: [any Node]
    private let buffer = Buffer<Double>()

    init(_ child: any Node, range: Range<Int>) {
        children = [child]
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        _ = try children[0].prepare(index)
        return .empty
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        _ = try children[0].evaluate(steps, run)
        return Block(shape: .empty, steps: steps.count, values: buffer.cells(0))
    }
}
