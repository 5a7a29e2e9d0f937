import Mathematics
import Metrics
import Storage

/// Operators over columns: the loops are written once and made for each operator.
enum Arithmetic {
    /// How a comparison answers.
    enum Answer {
        /// The left value where it holds.
        case left
        /// The right value where it holds.
        case right
        /// One or zero.
        case bool
    }

    /// A column with a column, wherever both have a value. The result may be one of the two.
    static func combine(
        _ operation: BinaryOperator,
        _ answer: Answer,
        _ left: Cells<Double>,
        _ right: Cells<Double>,
        into result: Cells<Double>
    ) {
        switch operation {
        case .add: zip(left, right, into: result) { $0 + $1 }
        case .subtract: zip(left, right, into: result) { $0 - $1 }
        case .multiply: zip(left, right, into: result) { $0 * $1 }
        case .divide: zip(left, right, into: result) { $0 / $1 }
        default: zip(left, right, into: result) { apply(operation, answer, $0, $1) }
        }
    }

    @inline(__always)
    private static func zip(
        _ left: Cells<Double>,
        _ right: Cells<Double>,
        into result: Cells<Double>,
        _ operation: (Double, Double) -> Double
    ) {
        for place in 0..<result.count {
            let (one, other) = (left[place], right[place])
            result[place] = one.isAbsent || other.isAbsent ? MarkerNaN.absent : operation(one, other)
        }
    }

    /// A column with one number, in place. `isSwapped` where the number stands on the left.
    static func combine(
        _ operation: BinaryOperator,
        _ answer: Answer,
        _ column: Cells<Double>,
        with number: Double,
        isSwapped: Bool
    ) {
        switch (operation, isSwapped) {
        case (.add, _): map(column) { $0 + number }
        case (.multiply, _): map(column) { $0 * number }
        case (.subtract, false): map(column) { $0 - number }
        case (.subtract, true): map(column) { number - $0 }
        case (.divide, false): map(column) { $0 / number }
        case (.divide, true): map(column) { number / $0 }
        case (.greater, false) where answer == .left: map(column) { $0 > number ? $0 : MarkerNaN.absent }
        case (.less, false) where answer == .left: map(column) { $0 < number ? $0 : MarkerNaN.absent }
        case (_, false): map(column) { apply(operation, answer, $0, number) }
        case (_, true): map(column) { apply(operation, answer, number, $0) }
        }
    }

    @inline(__always)
    private static func map(_ column: Cells<Double>, _ operation: (Double) -> Double) {
        for place in 0..<column.count {
            let value = column[place]
            if !value.isAbsent { column[place] = operation(value) }
        }
    }

    /// One pair of values, both present.
    @inline(__always)
    static func apply(_ operation: BinaryOperator, _ answer: Answer, _ left: Double, _ right: Double) -> Double {
        guard operation.isComparison else { return BinaryKernel.evaluate(operation, left, right) }
        let holds = BinaryKernel.holds(operation, left, right)
        switch answer {
        case .left: return holds ? left : MarkerNaN.absent
        case .right: return holds ? right : MarkerNaN.absent
        case .bool: return holds ? 1 : 0
        }
    }
}

/// An operator between two numbers, or between a vector and a number.
final class ScalarOperationNode: Node {
    enum Sides {
        case scalars
        case vectorAndScalar
        case scalarAndVector
    }

    let range: Range<Int>
    /// Left and right.
    let children: [any Node]
    private let operation: BinaryOperator
    private let sides: Sides
    private let answer: Arithmetic.Answer
    private let dropsName: Bool
    private var renamed = RenamedShape()

    init(_ node: BinaryOperation, _ left: any Node, _ right: any Node, _ sides: Sides) {
        range = node.range
        children = [left, right]
        operation = node.operation
        self.sides = sides
        answer = node.returnsBool || sides == .scalars ? .bool : sides == .vectorAndScalar ? .left : .right
        dropsName = node.returnsBool || !node.operation.isComparison
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        let left = try children[0].prepare(index)
        let right = try children[1].prepare(index)
        switch sides {
        case .scalars: return .scalar
        case .vectorAndScalar: return left.map(output)
        case .scalarAndVector: return right.map(output)
        }
    }

    private func output(_ shape: Shape) -> Shape { dropsName ? renamed.dropped(shape) : shape }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let left = try children[0].evaluate(steps, run)
        let right = try children[1].evaluate(steps, run)
        if sides == .scalars {
            Arithmetic.combine(operation, answer, left.values, right.values, into: left.values)
            return left
        }
        let isSwapped = sides == .scalarAndVector
        var block = isSwapped ? right : left
        let scalar = isSwapped ? left : right
        block.shape = output(block.shape)
        try run.spend(block.values.count)
        if operation.isTrim && block.sampleCount > 0 { run.note(.incompatibleTypes(operation), at: range) }
        if steps.count == 1 {
            let number = scalar.values[0]
            Arithmetic.combine(operation, answer, block.values, with: number, isSwapped: isSwapped)
            return block
        }
        for row in 0..<block.rows {
            let values = block.row(row)
            if isSwapped {
                Arithmetic.combine(operation, answer, scalar.values, values, into: values)
            } else {
                Arithmetic.combine(operation, answer, values, scalar.values, into: values)
            }
        }
        return block
    }
}

extension BinaryOperator {
    /// Whether it cuts native histograms, and has nothing to say about numbers.
    var isTrim: Bool { self == .trimUpper || self == .trimLower }
}
