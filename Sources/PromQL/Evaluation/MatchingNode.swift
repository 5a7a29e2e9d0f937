import Metrics
import Storage

/// An arithmetic or comparison operator between two vectors.
final class MatchingNode: Node {
    let range: Range<Int>
    /// Left and right.
    let children: [any Node]
    private let operation: BinaryOperator
    private let answer: Arithmetic.Answer
    private let rule: MatchRule
    private var plan = Derived<MatchPlan>()
    /// Whether two series have met in this evaluation.
    private var hasMet = false
    private let buffer = Buffer<Double>()
    private let partners = Buffer<Int32>()
    private let matched = Buffer<Bool>()
    private let taken = Buffer<Int32>()

    init(_ node: BinaryOperation, _ matching: VectorMatching, _ left: any Node, _ right: any Node) {
        range = node.range
        operation = node.operation
        answer = node.returnsBool ? .bool : .left
        rule = MatchRule(node, matching)
        children = [left, right]
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        let left = try children[0].prepare(index)
        let right = try children[1].prepare(index)
        guard let left, let right else { return nil }
        return try plan(left, right, index).shape
    }

    private func plan(_ left: Shape, _ right: Shape, _ index: borrowing SeriesIndex) throws(QueryError) -> MatchPlan {
        try plan.value(for: [left, right], index) { index throws(QueryError) in
            rule.isSwapped ? MatchPlan(right, left, rule, index) : MatchPlan(left, right, rule, index)
        }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let left = try children[0].evaluate(steps, run)
        let right = try children[1].evaluate(steps, run)
        let plan: MatchPlan
        if let known = self.plan.value, self.plan.isOf([left.shape, right.shape]) {
            plan = known
        } else {
            plan = try run.store.readIndex { index throws(QueryError) in
                try self.plan(left.shape, right.shape, index)
            }
        }
        let values = buffer.cells(try run.room(rows: plan.shape.count, steps: steps.count))
        let block = Block(shape: plan.shape, steps: steps.count, values: values)
        try run.spend(left.values.count + right.values.count)
        if plan.isSimple {
            if operation.isTrim && plan.pairs.contains(where: { meet($0, left, right) }) {
                run.note(.incompatibleTypes(operation), at: range)
            }
            return combinePairs(plan, left, right, block)
        }
        values.fill(MarkerNaN.absent)
        hasMet = false
        var order: [Int32] = []
        for step in 0..<steps.count {
            try match(plan, rule.isSwapped ? right : left, rule.isSwapped ? left : right, step, run, block, &order)
        }
        if operation.isTrim && hasMet { run.note(.incompatibleTypes(operation), at: range) }
        var result = block
        if steps.isInstant && left.order != nil { result.order = order }
        return result
    }

    // MARK: Pairs that are always the same

    private func combinePairs(_ plan: MatchPlan, _ left: Block, _ right: Block, _ block: Block) -> Block {
        let many = rule.isSwapped ? right : left
        for (row, pair) in plan.pairs.enumerated() {
            let (leftRow, rightRow) = rule.isSwapped ? (pair.one, pair.many) : (pair.many, pair.one)
            if block.steps == 1 {
                let (one, other) = (left[Int(leftRow), 0], right[Int(rightRow), 0])
                block[row, 0] =
                    one.isAbsent || other.isAbsent
                    ? MarkerNaN.absent : Arithmetic.apply(operation, answer, one, other)
            } else {
                let (one, other) = (left.row(Int(leftRow)), right.row(Int(rightRow)))
                Arithmetic.combine(operation, answer, one, other, into: block.row(row))
            }
        }
        var result = block
        if let order = many.order {
            var rows = [Int32](repeating: -1, count: many.rows)
            for (row, pair) in plan.pairs.enumerated() { rows[Int(pair.many)] = Int32(row) }
            result.order = order.compactMap { rows[Int($0)] < 0 ? nil : rows[Int($0)] }
        }
        return result
    }

    private func meet(_ pair: MatchPlan.Pair, _ left: Block, _ right: Block) -> Bool {
        let (leftRow, rightRow) = rule.isSwapped ? (pair.one, pair.many) : (pair.many, pair.one)
        return (0..<left.steps).contains { step in
            !left[Int(leftRow), step].isAbsent && !right[Int(rightRow), step].isAbsent
        }
    }

    // MARK: Step by step

    private func match(
        _ plan: MatchPlan,
        _ many: Block,
        _ one: Block,
        _ step: Int,
        _ run: Run,
        _ block: Block,
        _ order: inout [Int32]
    ) throws(QueryError) {
        guard hasValue(many, step) || rule.fillMany != nil, hasValue(one, step) || rule.fillOne != nil else { return }
        let partners = partners.cells(plan.signatureCount, filledWith: MatchPlan.missing)
        try one.forEachRow { row throws(QueryError) in
            if one[row, step].isAbsent { return }
            let signature = Int(plan.one[row])
            if partners[signature] >= 0 { throw twoOnOneSide(row, Int(partners[signature]), one, run) }
            partners[signature] = Int32(row)
        }
        let matched = matched.cells(plan.signatureCount, filledWith: false)
        let taken = taken.cells(plan.shape.count, filledWith: MatchPlan.missing)
        try many.forEachRow { row throws(QueryError) in
            if many[row, step].isAbsent { return }
            let signature = Int(plan.many[row])
            let partner = partners[signature]
            guard partner >= 0 || rule.fillOne != nil else { return }
            if rule.isOneToOne && matched[signature] { throw .evaluation(.manyToOneNotExplicit) }
            matched[signature] = true
            let other = partner >= 0 ? one[Int(partner), step] : rule.fillOne ?? 0
            let pair = MatchPlan.Pair(many: Int32(row), one: partner)
            try put(plan, pair, signature, many[row, step], other, step, block, taken, &order)
        }
        guard let fill = rule.fillMany else { return }
        try one.forEachRow { row throws(QueryError) in
            let signature = Int(plan.one[row])
            if one[row, step].isAbsent || matched[signature] { return }
            let pair = MatchPlan.Pair(many: MatchPlan.missing, one: Int32(row))
            try put(plan, pair, signature, fill, one[row, step], step, block, taken, &order)
        }
    }

    private func hasValue(_ block: Block, _ step: Int) -> Bool {
        (0..<block.rows).contains { !block[$0, step].isAbsent }
    }

    /// Puts one result into its row, which no other may have taken at this step.
    private func put(
        _ plan: MatchPlan,
        _ pair: MatchPlan.Pair,
        _ signature: Int,
        _ many: Double,
        _ one: Double,
        _ step: Int,
        _ block: Block,
        _ taken: Cells<Int32>,
        _ order: inout [Int32]
    ) throws(QueryError) {
        guard let row = plan.row(pair) else { return }
        if taken[row] >= 0 {
            // Even a result that a comparison filtered away counts within its signature.
            if Int(taken[row]) == signature { throw .evaluation(.groupingNotUnique) }
            if !block[row, step].isAbsent { throw .evaluation(.duplicateLabelset) }
        }
        taken[row] = Int32(truncatingIfNeeded: signature)
        hasMet = true
        let (left, right) = rule.isSwapped ? (one, many) : (many, one)
        let value = Arithmetic.apply(operation, answer, left, right)
        if value.isAbsent { return }
        block[row, step] = value
        order.append(Int32(row))
    }

    private func twoOnOneSide(_ first: Int, _ second: Int, _ one: Block, _ run: Run) -> QueryError {
        let labels = run.store.readIndex { index in
            [first, second].map { one.shape.table.labels(of: $0, index) }.sorted()
        }
        let group = rule.choice.apply(labels[0])
        return .evaluation(.manyToMany(side: rule.isSwapped ? .left : .right, group: group, labels[0], labels[1]))
    }
}
