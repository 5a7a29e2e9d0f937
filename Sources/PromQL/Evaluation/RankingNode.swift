import Metrics
import Storage

/// `topk`, `bottomk`, `limitk` and `limit_ratio`: some of the series of each group, as they are.
final class RankingNode: Node {
    let range: Range<Int>
    /// The vector, then the parameter.
    let children: [any Node]
    private let operation: AggregationOperator
    private let choice: LabelChoice
    private var plan = Derived<(groups: [Int32], count: Int, labels: [Labels])>()
    private var carried = 0

    init(_ operation: AggregationOperator, _ choice: LabelChoice, _ children: [any Node], range: Range<Int>) {
        self.operation = operation
        self.choice = choice
        self.children = children
        self.range = range
    }

    func begin(_ times: QueryTimes) throws(QueryError) {
        carried = 0
        for child in children { try child.begin(times) }
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        _ = try children[1].prepare(index)
        guard let shape = try children[0].prepare(index) else { return nil }
        _ = try plan(shape, index)
        return shape
    }

    private func plan(
        _ shape: Shape,
        _ index: borrowing SeriesIndex
    ) throws(QueryError) -> (groups: [Int32], count: Int, labels: [Labels]) {
        try plan.value(for: [shape], index) { index throws(QueryError) in
            let grouping = Grouping([shape.table], by: choice, index)
            let labels = operation == .limitRatio ? shape.table.labels(index) : []
            return (grouping.numbers[0], grouping.count, labels)
        }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let parameter = try children[1].evaluate(steps, run)
        let before = run.samples
        run.settle(at: before + carried)
        let input = try children[0].evaluate(steps, run)
        carried = run.samples - before
        if try isNothing(parameter, run) {
            input.values.fill(MarkerNaN.absent)
            run.settle(at: before)
            return input
        }
        let groups: (groups: [Int32], count: Int, labels: [Labels])
        if let known = plan.value, plan.isOf([input.shape]) {
            groups = known
        } else {
            groups = try run.store.readIndex { index throws(QueryError) in try self.plan(input.shape, index) }
        }
        var block = input
        for step in 0..<steps.count {
            try run.spend(input.rows)
            let chosen = choose(input, step, parameter.values[step], groups.groups, groups.count, groups.labels)
            keep(chosen, block, step)
            if steps.isInstant { block.order = chosen }
        }
        run.settle(at: before)
        try run.load(block.sampleCount)
        return block
    }

    /// Clears at one step every row but the chosen ones.
    private func keep(_ chosen: [Int32], _ block: Block, _ step: Int) {
        let values = chosen.map { block[Int($0), step] }
        for row in 0..<block.rows { block[row, step] = MarkerNaN.absent }
        for (row, value) in zip(chosen, values) { block[Int(row), step] = value }
    }

    /// The rows that stay, group after group.
    private func choose(
        _ input: Block,
        _ step: Int,
        _ parameter: Double,
        _ groups: [Int32],
        _ count: Int,
        _ labels: [Labels]
    ) -> [Int32] {
        var present: [Int32] = []
        input.forEachRow { row in
            if !input[row, step].isAbsent { present.append(Int32(row)) }
        }
        if operation == .limitRatio {
            let ratio = min(max(parameter, -1), 1)
            return ratio == 0
                ? [] : grouped(present.filter { RatioSampler.keeps(labels[Int($0)], ratio: ratio) }, groups)
        }
        // Compared as a number first: a parameter may be far greater than any count.
        let limit = parameter < Double(input.rows) ? Int(parameter) : input.rows
        guard limit >= 1 else { return [] }
        if operation == .limitk { return first(limit, of: present, groups, count) }
        return best(limit, of: present, input, step, groups, count)
    }

    private func best(
        _ limit: Int,
        of present: [Int32],
        _ input: Block,
        _ step: Int,
        _ groups: [Int32],
        _ count: Int
    ) -> [Int32] {
        let order: ValueOrder = operation == .topk ? .descending : .ascending
        var heaps = [BestValues?](repeating: nil, count: count)
        var appeared: [Int] = []
        for row in present {
            let group = Int(groups[Int(row)])
            if heaps[group] == nil {
                heaps[group] = BestValues(order, capacity: limit)
                appeared.append(group)
            }
            heaps[group]?.offer(input[Int(row), step], place: Int(row))
        }
        return appeared.flatMap { group in (heaps[group]?.sorted() ?? []).map { Int32($0.place) } }
    }

    private func first(_ limit: Int, of present: [Int32], _ groups: [Int32], _ count: Int) -> [Int32] {
        var taken = [Int](repeating: 0, count: count)
        let chosen = present.filter { row in
            taken[Int(groups[Int(row)])] += 1
            return taken[Int(groups[Int(row)])] <= limit
        }
        return grouped(chosen, groups)
    }

    /// The rows of a group together, groups in the order in which they appear.
    private func grouped(_ rows: [Int32], _ groups: [Int32]) -> [Int32] {
        var places: [Int32: Int] = [:]
        var result: [[Int32]] = []
        for row in rows {
            let group = groups[Int(row)]
            if let place = places[group] {
                result[place].append(row)
            } else {
                places[group] = result.count
                result.append([row])
            }
        }
        return result.flatMap(\.self)
    }

    /// Checks the parameter; whether it asks for no series at any step.
    private func isNothing(_ parameter: Block, _ run: Run) throws(QueryError) -> Bool {
        var (lowest, highest, hasNaN) = (Double.infinity, -Double.infinity, false)
        for step in 0..<parameter.steps {
            let value = parameter.values[step]
            if value.isNaN { hasNaN = true }
            lowest = min(lowest, value.isNaN ? .infinity : value)
            highest = max(highest, value.isNaN ? -.infinity : value)
        }
        if operation == .limitRatio {
            if hasNaN { throw .evaluation(.ratioIsNaN) }
            if highest > 1 { run.note(.invalidRatio(highest, used: 1), at: children[1].range) }
            if lowest < -1 { run.note(.invalidRatio(lowest, used: -1), at: children[1].range) }
            return highest == 0 && lowest == 0
        }
        if hasNaN { throw .evaluation(.parameterIsNaN) }
        if highest < 1 { return true }
        if lowest <= -0x1p63 { throw .evaluation(.parameterUnderflows(lowest)) }
        if highest >= 0x1p63 { throw .evaluation(.parameterOverflows(highest)) }
        return false
    }
}
