import Metrics
import Storage

/// `sum`, `avg`, `min`, `max`, `count`, `group`, `stddev`, `stdvar` and `quantile`: one value for each group.
final class AggregationNode: Node {
    let range: Range<Int>
    /// The vector, then the parameter if there is one.
    let children: [any Node]
    private let operation: AggregationOperator
    private let choice: LabelChoice
    private var groups = Derived<AggregationGroups>()
    private var carried = 0
    private let buffer = Buffer<Double>()
    private let sums = Buffer<CompensatedSum>()
    private let averages = Buffer<AverageAccumulator>()
    private let variances = Buffer<VarianceAccumulator>()
    private let scratch = Buffer<Double>()

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
        if children.count > 1 { _ = try children[1].prepare(index) }
        guard let shape = try children[0].prepare(index) else { return nil }
        return try plan(shape, index).shape
    }

    private func plan(_ shape: Shape, _ index: borrowing SeriesIndex) throws(QueryError) -> AggregationGroups {
        try groups.value(for: [shape], index) { index throws(QueryError) in
            AggregationGroups(shape, by: choice, listsMembers: operation == .quantile, index)
        }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let parameter = children.count > 1 ? try children[1].evaluate(steps, run) : nil
        // What is aggregated counts until it is: all stretches of a long query together, as if they were in memory at once.
        let before = run.samples
        run.settle(at: before + carried)
        let input = try children[0].evaluate(steps, run)
        carried = run.samples - before
        let plan: AggregationGroups
        if let known = groups.value, groups.isOf([input.shape]) {
            plan = known
        } else {
            plan = try run.store.readIndex { index throws(QueryError) in try self.plan(input.shape, index) }
        }
        let values = buffer.cells(try run.room(rows: plan.count, steps: steps.count), filledWith: MarkerNaN.absent)
        let block = Block(shape: plan.shape, steps: steps.count, values: values)
        try run.spend(input.values.count)
        aggregate(input, plan, parameter, into: block)
        if operation == .quantile, let parameter { noteQuantiles(parameter, run) }
        run.settle(at: before)
        try run.load(block.sampleCount)
        return block
    }

    private func aggregate(_ input: Block, _ plan: AggregationGroups, _ parameter: Block?, into block: Block) {
        let count = block.values.count
        switch operation {
        case .sum:
            fold(input, plan.groups, block, sums.cells(count)) {
                CompensatedSum($0)
            } add: {
                $0.add($1)
            } value: {
                $0.value
            }
        case .avg:
            fold(input, plan.groups, block, averages.cells(count)) {
                AverageAccumulator(first: $0)
            } add: {
                $0.add($1)
            } value: {
                $0.value
            }
        case .stdvar, .stddev:
            let isDeviation = operation == .stddev
            fold(input, plan.groups, block, variances.cells(count)) {
                VarianceAccumulator(first: $0)
            } add: {
                $0.add($1)
            } value: {
                isDeviation ? $0.standardDeviation : $0.variance
            }
        case .min:
            reduce(input, plan.groups, block) {
                $0
            } next: {
                Extreme.minimum($0, $1)
            }
        case .max:
            reduce(input, plan.groups, block) {
                $0
            } next: {
                Extreme.maximum($0, $1)
            }
        case .count:
            reduce(input, plan.groups, block) { _ in
                1
            } next: { count, _ in
                count + 1
            }
        case .group:
            reduce(input, plan.groups, block) { _ in
                1
            } next: { one, _ in
                one
            }
        case .quantile: quantiles(input, plan, parameter, block)
        case .topk, .bottomk, .limitk, .limitRatio, .countValues: return
        }
    }

    /// Folds values whose state is the result itself.
    @inline(__always)
    private func reduce(
        _ input: Block,
        _ groups: [Int32],
        _ block: Block,
        first: (Double) -> Double,
        next: (Double, Double) -> Double
    ) {
        let steps = input.steps
        input.forEachRow { row in
            let group = Int(groups[row])
            for step in 0..<steps {
                let value = input[row, step]
                if value.isAbsent { continue }
                let state = block[group, step]
                block[group, step] = state.isAbsent ? first(value) : next(state, value)
            }
        }
    }

    /// Folds values into states of their own. The block says which states have begun.
    @inline(__always)
    private func fold<State: BitwiseCopyable>(
        _ input: Block,
        _ groups: [Int32],
        _ block: Block,
        _ states: Cells<State>,
        first: (Double) -> State,
        add: (inout State, Double) -> Void,
        value: (State) -> Double
    ) {
        let steps = input.steps
        input.forEachRow { row in
            let base = Int(groups[row]) &* steps
            for step in 0..<steps {
                let value = input[row, step]
                if value.isAbsent { continue }
                let place = base &+ step
                if block.values[place].isAbsent {
                    block.values[place] = 0
                    states[place] = first(value)
                } else {
                    var state = states[place]
                    add(&state, value)
                    states[place] = state
                }
            }
        }
        for place in 0..<block.values.count where !block.values[place].isAbsent {
            block.values[place] = value(states[place])
        }
    }

    private func quantiles(_ input: Block, _ plan: AggregationGroups, _ parameter: Block?, _ block: Block) {
        guard let parameter else { return }
        let chosen = input.order.map(Set.init)
        for group in 0..<plan.count {
            let members = plan.members[plan.starts[group]..<plan.starts[group + 1]]
            let values = scratch.cells(members.count)
            for step in 0..<input.steps {
                var count = 0
                for row in members where !input[Int(row), step].isAbsent && chosen?.contains(row) ?? true {
                    values[count] = input[Int(row), step]
                    count += 1
                }
                guard count > 0 else { continue }
                block[group, step] = unsafe Quantile.of(values.part(0..<count).mutable, parameter.values[step])
            }
        }
    }

    /// One note for each way in which the parameter is wrong, with the value that is most so.
    private func noteQuantiles(_ parameter: Block, _ run: Run) {
        var (lowest, highest) = (0.0, 1.0)
        for step in 0..<parameter.steps {
            let quantile = parameter.values[step]
            if quantile.isNaN { run.checkQuantile(quantile, at: children[1].range) }
            lowest = min(lowest, quantile.isNaN ? 0 : quantile)
            highest = max(highest, quantile.isNaN ? 1 : quantile)
        }
        run.checkQuantile(highest, at: children[1].range)
        run.checkQuantile(lowest, at: children[1].range)
    }
}
