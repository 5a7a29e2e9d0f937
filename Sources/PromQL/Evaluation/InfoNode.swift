import Metrics
import Storage

/// `info(v, {...})`: series with labels added from info series of the same `instance` and `job`, such as `target_info`.
///
/// Which info series is the newest may change from step to step, so the answer's series depend on the samples.
final class InfoNode: Node {
    private static let defaultMetric = "target_info"

    let range: Range<Int>
    /// The vector, then the times of the info series.
    let children: [any Node]
    private let matchers: InfoMatchers
    private var plan = Derived<InfoPlan>()
    private var last: (labels: [Labels], dropped: [Bool], shape: Shape)?
    private let buffer = Buffer<Double>()

    init(_ vector: any Node, _ selector: VectorSelector?, _ cache: SelectionCache, range: Range<Int>) {
        self.range = range
        matchers = InfoMatchers(selector?.matchers ?? [], defaultMetric: Self.defaultMetric, isGiven: selector != nil)
        let infoSelector = VectorSelector(
            name: nil,
            matchers: matchers.selecting,
            offset: nil,
            at: nil,
            extent: .plain,
            range: selector?.range ?? range
        )
        children = [vector, VectorSelectorNode(infoSelector, cache, content: .time)]
    }

    func prepare(_ index: borrowing SeriesIndex) throws(QueryError) -> Shape? {
        let base = try children[0].prepare(index)
        let info = try children[1].prepare(index)
        if let base, let info { _ = try plan(base, info, index) }
        return nil
    }

    private func plan(_ base: Shape, _ info: Shape, _ index: borrowing SeriesIndex) throws(QueryError) -> InfoPlan {
        try plan.value(for: [base, info], index) { index throws(QueryError) in
            InfoPlan(base.table.labels(index), info.table.labels(index), matchers)
        }
    }

    func evaluate(_ steps: Steps, _ run: Run) throws(QueryError) -> Block {
        let base = try children[0].evaluate(steps, run)
        let info = try children[1].evaluate(steps, run)
        let plan: InfoPlan
        if let known = self.plan.value, self.plan.isOf([base.shape, info.shape]) {
            plan = known
        } else {
            plan = try run.store.readIndex { index throws(QueryError) in
                try self.plan(base.shape, info.shape, index)
            }
        }
        var table = LabelRows()
        var dropped: [Bool] = []
        var points: [(row: Int32, step: Int, value: Double)] = []
        var known: [[Int32]: Int32?] = [:]
        for step in 0..<steps.count {
            try run.spend(base.rows)
            for row in 0..<base.rows where !base[row, step].isAbsent {
                let chosen = try plan.newest(row, info, step)
                let key = [Int32(row)] + chosen
                let target: Int32?
                if let found = known[key] {
                    target = found
                } else {
                    target = try plan.labels(row, chosen, matchers).map { table.row(of: $0) }
                    known[key] = target
                }
                guard let target else { continue }
                if Int(target) == dropped.count { dropped.append(base.shape.naming.isDropped(row)) }
                points.append((target, step, base[row, step]))
            }
        }
        return try block(table.labels, dropped, points, steps, run)
    }

    private func block(
        _ labels: [Labels],
        _ dropped: [Bool],
        _ points: [(row: Int32, step: Int, value: Double)],
        _ steps: Steps,
        _ run: Run
    ) throws(QueryError) -> Block {
        let shape: Shape
        if let last, last.labels == labels, last.dropped == dropped {
            shape = last.shape
        } else {
            shape = Shape(LabelTable(labels), naming: Naming(dropped))
            last = (labels, dropped, shape)
        }
        let values = buffer.cells(try run.room(rows: shape.count, steps: steps.count), filledWith: MarkerNaN.absent)
        let block = Block(shape: shape, steps: steps.count, values: values)
        for point in points {
            guard block[Int(point.row), point.step].isAbsent else { throw .evaluation(.duplicateLabelset) }
            block[Int(point.row), point.step] = point.value
        }
        return block
    }
}

/// The conditions in the second argument of `info`.
struct InfoMatchers {
    /// What info series must meet.
    let selecting: [LabelMatcher]
    /// Conditions on names of info metrics; series that meet them are not enriched.
    let names: [LabelMatcher]
    /// The labels to copy; all of them when empty.
    let data: [LabelMatcher]

    init(_ matchers: [LabelMatcher], defaultMetric: String, isGiven: Bool) {
        data = matchers.filter { $0.name != Labels.metricName }
        let given = matchers.filter { $0.name == Labels.metricName }
        // A plain comparison always compiles.
        let fallback = (try? LabelMatcher(Labels.metricName, .equal, defaultMetric)).map { [$0] } ?? []
        selecting = data + (given.isEmpty ? fallback : given)
        names = isGiven ? given : fallback
    }

    func isInfo(_ name: String) -> Bool { !names.isEmpty && names.allSatisfy { $0.matches(name) } }

    func copies(_ label: String) -> Bool {
        data.isEmpty || data.contains { $0.name.utf8.elementsEqual(label.utf8) }
    }
}

/// Which info series belong to which row.
struct InfoPlan {
    private static let identifying = LabelProjection.keeping(["instance", "job"])
    private static let naming = LabelProjection.keeping([Labels.metricName])

    private let base: [Labels]
    private let info: [Labels]
    /// For each row the info series of its target, metric by metric.
    private let candidates: [[[Int32]]]
    private let isExempt: [Bool]

    init(_ base: [Labels], _ info: [Labels], _ matchers: InfoMatchers) {
        self.base = base
        self.info = info
        var targets: [Labels: [Labels: [Int32]]] = [:]
        for (row, labels) in info.enumerated() {
            let target = Self.identifying.apply(labels)
            targets[target, default: [:]][Self.naming.apply(labels), default: []].append(Int32(row))
        }
        isExempt = base.map { matchers.isInfo($0.metricName ?? "") }
        candidates = zip(base, isExempt).map { labels, isExempt in
            let target = Self.identifying.apply(labels)
            if isExempt || target.isEmpty { return [] }
            return (targets[target] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Of each info metric the newest series at a step.
    func newest(_ row: Int, _ times: Block, _ step: Int) throws(QueryError) -> [Int32] {
        var chosen: [Int32] = []
        for rows in candidates[row] {
            var best: Int32?
            for candidate in rows where !times[Int(candidate), step].isAbsent {
                guard let known = best else {
                    best = candidate
                    continue
                }
                let (time, other) = (times[Int(candidate), step], times[Int(known), step])
                if time == other {
                    throw .duplicateInfo(
                        existing: info[Int(known)],
                        new: info[Int(candidate)],
                        at: Timestamp(milliseconds: Int64((time * 1_000).rounded()))
                    )
                }
                if time > other { best = candidate }
            }
            if let best { chosen.append(best) }
        }
        return chosen
    }

    /// The labels of a row with those of its info series; nil when the row is to be left out.
    func labels(_ row: Int, _ chosen: [Int32], _ matchers: InfoMatchers) throws(QueryError) -> Labels? {
        if isExempt[row] { return base[row] }
        if chosen.isEmpty {
            return matchers.data.allSatisfy { $0.matches("") } ? base[row] : nil
        }
        var added = LabelsBuilder()
        for place in chosen {
            for label in info[Int(place)] where label.name != Labels.metricName && matchers.copies(label.name) {
                if let known = added[label.name], !known.utf8.elementsEqual(label.value.utf8) {
                    throw .conflictingInfoLabel(label.name)
                }
                if base[row][label.name] == nil { added.set(label.name, label.value) }
            }
        }
        var builder = LabelsBuilder(base[row])
        for label in added.build() { builder.set(label.name, label.value) }
        return builder.build()
    }
}
