import Metrics
import Storage

/// A number that is the same at every step: a literal, or `start()`, `end()`, `step()`, `range()`.
final class ConstantNode: Node {
    enum Source {
        case literal(Double)
        case start
        case end
        case step
        case range
    }

    let range: Range<Int>
    let children: [any Node] = []
    private let source: Source
    private var value = 0.0
    private let buffer = Buffer<Double>()

    init(_ source: Source, range: Range<Int>) {
        self.source = source
        self.range = range
    }

    func begin(_ times: QueryTimes) {
        value =
            switch source {
            case .literal(let value): value
            case .start: Double(times.start) / 1_000
            case .end: Double(times.end) / 1_000
            case .step: Double(times.step) / 1_000
            case .range: Double(times.end &- times.start) / 1_000
            }
    }

    func prepare(_ index: borrowing SeriesIndex) -> Shape? { .scalar }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        try run.load(steps.count)
        return Block(shape: .scalar, steps: steps.count, values: buffer.cells(steps.count, filledWith: value))
    }
}

/// `time()`, and the date functions without an argument.
final class TimeNode: Node {
    let range: Range<Int>
    let children: [any Node] = []
    private let function: Function
    private let buffer = Buffer<Double>()

    init(_ function: Function, range: Range<Int>) {
        self.function = function
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) -> Shape? { .scalar }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        try run.load(steps.count)
        let values = buffer.cells(steps.count)
        for step in 0..<steps.count {
            let time = steps.time(step)
            values[step] =
                function == .time
                ? Double(time) / 1_000 : CivilTime(unixSeconds: time / 1_000).field(function)
        }
        return Block(shape: .scalar, steps: steps.count, values: values)
    }
}

/// `scalar(v)`: the value of the only series, NaN when there is not exactly one.
final class ScalarOfVectorNode: Node {
    let range: Range<Int>
    let children: [any Node]
    private let buffer = Buffer<Double>()

    init(_ child: any Node, range: Range<Int>) {
        children = [child]
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        _ = try children[0].prepare(index)
        return .scalar
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let input = try children[0].evaluate(steps, run)
        let values = buffer.cells(steps.count)
        for step in 0..<steps.count {
            var found = 0
            var value = MarkerNaN.plain
            input.forEachRow { row in
                if !input[row, step].isAbsent {
                    found += 1
                    value = input[row, step]
                }
            }
            values[step] = found == 1 ? value : MarkerNaN.plain
        }
        return Block(shape: .scalar, steps: steps.count, values: values)
    }
}

/// A part of the query that has the same value at every step: evaluated once per query and repeated.
final class InvariantNode: Node {
    let range: Range<Int>
    let children: [any Node]
    private var kept: Block?
    private let buffer = Buffer<Double>()

    init(_ child: any Node) {
        children = [child]
        range = child.range
    }

    func begin(_ times: QueryTimes) throws(QueryError) {
        kept = nil
        try children[0].begin(times)
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        try children[0].prepare(index)
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let once: Block
        if let kept {
            once = kept
        } else {
            once = try children[0].evaluate(.instant(at: steps.start), run)
            kept = once
        }
        let values = buffer.cells(try run.room(rows: once.rows, steps: steps.count))
        var present = 0
        for row in 0..<once.rows {
            let value = once.values[row]
            values.part(row * steps.count..<(row + 1) * steps.count).fill(value)
            if !value.isAbsent { present += 1 }
        }
        try run.load(present * (steps.count - 1))
        return Block(
            shape: once.shape,
            steps: steps.count,
            values: values,
            order: steps.isInstant ? once.order : nil
        )
    }
}

/// `min_of(a, b)` and `max_of(a, b)`: NaN if either is.
final class ExtremeOfScalarsNode: Node {
    let range: Range<Int>
    let children: [any Node]
    private let function: Function

    init(_ function: Function, _ arguments: [any Node], range: Range<Int>) {
        self.function = function
        children = arguments
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        for child in children { _ = try child.prepare(index) }
        return .scalar
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let result = try children[0].evaluate(steps, run)
        let other = try children[1].evaluate(steps, run)
        for step in 0..<steps.count {
            let (left, right) = (result.values[step], other.values[step])
            if left.isNaN || right.isNaN {
                result.values[step] = MarkerNaN.plain
            } else {
                result.values[step] = function == .minOf ? min(left, right) : max(left, right)
            }
        }
        return result
    }
}
