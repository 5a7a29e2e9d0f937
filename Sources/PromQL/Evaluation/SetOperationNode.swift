import Metrics
import Storage

/// `and`, `unless` and `or`: series of either side, chosen by what the other side has at the same step.
final class SetOperationNode: Node {
    let range: Range<Int>
    /// Left and right.
    let children: [any Node]
    private let operation: BinaryOperator
    private let choice: LabelChoice
    private var plan = Derived<SetPlan>()
    private let presence = Buffer<Bool>()
    private let buffer = Buffer<Double>()

    init(_ node: BinaryOperation, _ choice: LabelChoice, _ left: any Node, _ right: any Node) {
        range = node.range
        operation = node.operation
        self.choice = choice
        children = [left, right]
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        let left = try children[0].prepare(index)
        let right = try children[1].prepare(index)
        guard let left, let right else { return nil }
        return try plan(left, right, index).shape
    }

    private func plan(_ left: Shape, _ right: Shape, _ index: borrowing SeriesIndex) throws(QueryError) -> SetPlan {
        try plan.value(for: [left, right], index) { index throws(QueryError) in
            SetPlan(left, right, choice, isUnion: operation == .or, index)
        }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let left = try children[0].evaluate(steps, run)
        let right = try children[1].evaluate(steps, run)
        let plan: SetPlan
        if let known = self.plan.value, self.plan.isOf([left.shape, right.shape]) {
            plan = known
        } else {
            plan = try run.store.readIndex { index throws(QueryError) in
                try self.plan(left.shape, right.shape, index)
            }
        }
        try run.spend(left.values.count + right.values.count)
        switch operation {
        case .or: return try union(left, right, plan, steps, run)
        default: return filter(left, right, plan, steps)
        }
    }

    /// Which signatures a side has at which step.
    private func mark(_ block: Block, _ signatures: [Int32], _ count: Int) -> Cells<Bool> {
        let steps = block.steps
        let marks = presence.cells(count * steps, filledWith: false)
        block.forEachRow { row in
            let base = Int(signatures[row]) * steps
            for step in 0..<steps where !block[row, step].isAbsent { marks[base + step] = true }
        }
        return marks
    }

    private func filter(_ left: Block, _ right: Block, _ plan: SetPlan, _ steps: Steps) -> Block {
        let marks = mark(right, plan.right, plan.count)
        let wanted = operation == .and
        for row in 0..<left.rows {
            let base = Int(plan.left[row]) * steps.count
            for step in 0..<steps.count where marks[base + step] != wanted { left[row, step] = MarkerNaN.absent }
        }
        return left
    }

    private func union(
        _ left: Block,
        _ right: Block,
        _ plan: SetPlan,
        _ steps: Steps,
        _ run: Run
    ) throws(QueryError) -> Block {
        let marks = mark(left, plan.left, plan.count)
        let cells = try run.room(rows: plan.shape.count, steps: steps.count)
        let values = buffer.cells(cells, filledWith: MarkerNaN.absent)
        var block = Block(shape: plan.shape, steps: steps.count, values: values)
        for row in 0..<left.rows {
            let target = Int(plan.leftRows[row])
            for step in 0..<steps.count where !left[row, step].isAbsent {
                guard block[target, step].isAbsent else { throw .evaluation(.duplicateLabelset) }
                block[target, step] = left[row, step]
            }
        }
        for row in 0..<right.rows {
            let target = Int(plan.rightRows[row])
            let base = Int(plan.right[row]) * steps.count
            for step in 0..<steps.count where !right[row, step].isAbsent && !marks[base + step] {
                guard block[target, step].isAbsent else { throw .evaluation(.duplicateLabelset) }
                block[target, step] = right[row, step]
            }
        }
        if left.order != nil || right.order != nil {
            block.order = order(left, plan.leftRows) + order(right, plan.rightRows)
            var seen: Set<Int32> = []
            block.order = block.order?.filter { seen.insert($0).inserted }
        }
        return block
    }

    private func order(_ block: Block, _ rows: [Int32]) -> [Int32] {
        block.order.map { $0.map { rows[Int($0)] } } ?? rows
    }
}

/// How two sides of a set operator meet.
struct SetPlan {
    /// The signature of each row of the left side, and of the right one.
    let left: [Int32]
    let right: [Int32]
    /// How many signatures there are.
    let count: Int
    let shape: Shape
    /// For a union, the row of the answer for each row of the left side, and of the right one.
    private(set) var leftRows: [Int32] = []
    private(set) var rightRows: [Int32] = []

    init(_ left: Shape, _ right: Shape, _ choice: LabelChoice, isUnion: Bool, _ index: borrowing SeriesIndex) {
        let grouping = Grouping([left.table, right.table], by: choice, index)
        self.left = grouping.numbers[0]
        self.right = grouping.numbers[1]
        count = grouping.count
        guard isUnion else {
            shape = left
            return
        }
        // The same labels on both sides are one series.
        var table = LabelRows()
        var dropped: [Bool] = []
        leftRows = Self.rows(left, in: &table, &dropped, index)
        rightRows = Self.rows(right, in: &table, &dropped, index)
        shape = Shape(LabelTable(table.labels, .distinct), naming: Naming(dropped))
    }

    private static func rows(
        _ side: Shape,
        in table: inout LabelRows,
        _ dropped: inout [Bool],
        _ index: borrowing SeriesIndex
    ) -> [Int32] {
        var rows: [Int32] = []
        for place in 0..<side.count {
            let row = table.row(of: side.table.labels(of: place, index))
            if row == dropped.count { dropped.append(side.naming.isDropped(place)) }
            rows.append(row)
        }
        return rows
    }
}
