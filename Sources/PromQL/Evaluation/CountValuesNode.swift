import Metrics
import Storage

/// `count_values("label", v)`: how many series of a group have each value. Which series that yields depends on the values.
final class CountValuesNode: Node {
    let range: Range<Int>
    let children: [any Node]
    private let label: String
    private let choice: LabelChoice
    /// Whether `without` takes away the very label that would hold the value.
    private let hidesValue: Bool
    private var bases = Derived<(groups: [Int32], labels: [Labels])>()
    private var last: (key: [Key], shape: Shape)?
    private let buffer = Buffer<Double>()

    /// A row of the answer: the group without the value's label, and the value.
    private struct Key: Hashable {
        var group: Int32
        var bits: UInt64
    }

    init(_ label: String, grouping names: [String], isWithout: Bool, _ child: any Node, range: Range<Int>) {
        self.label = label
        // The value takes the place of a label of that name, so series are not told apart by it.
        if isWithout {
            choice = .removing(names + [label])
            hidesValue = names.contains(label) || label == Labels.metricName
        } else {
            choice = .keeping(names.filter { $0 != label })
            hidesValue = false
        }
        children = [child]
        self.range = range
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        if let shape = try children[0].prepare(index) { _ = try plan(shape, index) }
        return nil
    }

    private func plan(
        _ shape: Shape,
        _ index: borrowing SeriesIndex
    ) throws(QueryError) -> (groups: [Int32], labels: [Labels]) {
        try bases.value(for: [shape], index) { index throws(QueryError) in
            let groups = AggregationGroups(shape, by: choice, index)
            return (groups.groups, groups.shape.table.labels(index))
        }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let before = run.samples
        let input = try children[0].evaluate(steps, run)
        let plan: (groups: [Int32], labels: [Labels])
        if let known = bases.value, bases.isOf([input.shape]) {
            plan = known
        } else {
            plan = try run.store.readIndex { index throws(QueryError) in try self.plan(input.shape, index) }
        }
        var rows: [Key: Int] = [:]
        var keys: [Key] = []
        input.forEachRow { row in
            for step in 0..<steps.count where !input[row, step].isAbsent {
                let key = key(plan.groups[row], input[row, step])
                if rows[key] == nil {
                    rows[key] = keys.count
                    keys.append(key)
                }
            }
        }
        let values = buffer.cells(try run.room(rows: keys.count, steps: steps.count), filledWith: MarkerNaN.absent)
        let block = Block(shape: shape(keys, plan.labels), steps: steps.count, values: values)
        input.forEachRow { row in
            for step in 0..<steps.count where !input[row, step].isAbsent {
                guard let target = rows[key(plan.groups[row], input[row, step])] else { continue }
                block[target, step] = block[target, step].isAbsent ? 1 : block[target, step] + 1
            }
        }
        run.settle(at: before)
        try run.load(block.sampleCount)
        return block
    }

    /// Values that print alike are alike: all NaN are one.
    private func key(_ group: Int32, _ value: Double) -> Key {
        Key(group: group, bits: hidesValue ? 0 : value.isNaN ? MarkerNaN.plainBits : value.bitPattern)
    }

    private func shape(_ keys: [Key], _ labels: [Labels]) -> Shape {
        if let last, last.key == keys { return last.shape }
        let table = keys.map { key in
            if hidesValue { return labels[Int(key.group)] }
            var builder = LabelsBuilder(labels[Int(key.group)])
            builder.set(label, Number.plain(Double(bitPattern: key.bits)))
            return builder.build()
        }
        let shape = Shape(LabelTable(table))
        last = (keys, shape)
        return shape
    }
}
