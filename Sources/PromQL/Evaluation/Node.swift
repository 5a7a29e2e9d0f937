import Metrics
import Storage

/// A step of a plan: an expression, ready to be evaluated again and again.
///
/// Nodes own scratch memory and what they remember of their shapes, so a plan is used by one thread at a time.
protocol Node: AnyObject {
    /// The expression in the query.
    var range: Range<Int> { get }

    var children: [any Node] { get }

    /// Told before an evaluation begins: durations become numbers here.
    func begin(_ times: QueryTimes) throws(QueryError)

    /// Whether the stored series it selects are still those it knows.
    func isCurrent(_ index: borrowing SeriesIndex) -> Bool

    /// Works out which series it yields. Nil where that depends on their values; then it is worked out during evaluation.
    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape?

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block

    /// The rows of its largest selector: what a step costs in memory.
    var selectedRows: Int { get }
}

extension Node {
    var selectedRows: Int { children.map(\.selectedRows).max() ?? 0 }

    func begin(_ times: QueryTimes) throws(QueryError) {
        for child in children { try child.begin(times) }
    }

    func isCurrent(_ index: borrowing SeriesIndex) -> Bool {
        for child in children where !child.isCurrent(index) { return false }
        return true
    }
}

/// What was worked out from the shapes of a node's children, kept until one of them is another.
struct Derived<Value> {
    private var inputs: [Shape] = []
    private(set) var value: Value?

    /// Whether the value was worked out from these very shapes.
    func isOf(_ shapes: [Shape]) -> Bool {
        guard value != nil, inputs.count == shapes.count else { return false }
        for (input, shape) in zip(inputs, shapes) where input !== shape { return false }
        return true
    }

    /// The value for these shapes, worked out anew only where one is new.
    mutating func value(
        for shapes: [Shape],
        _ index: borrowing SeriesIndex,
        make: (borrowing SeriesIndex) throws(QueryError) -> Value
    ) throws(QueryError) -> Value {
        if let value, isOf(shapes) { return value }
        let made = try make(index)
        inputs = shapes
        value = made
        return made
    }
}

/// A node that keeps the rows of its one child, and perhaps says that their name goes.
struct RenamedShape {
    private var input: Shape?
    private var output: Shape?

    /// The shape with every name dropped.
    mutating func dropped(_ shape: Shape) -> Shape {
        if let output, input === shape { return output }
        let made = shape.naming == .dropped ? shape : Shape(shape.table, naming: .dropped)
        input = shape
        output = made
        return made
    }
}
