public import Metrics
import Storage

/// A query, ready to be asked again and again.
///
/// Which series are selected, how they group and how two sides match is worked out once and again only when series come
/// or go; asking is then arithmetic over columns in memory of its own. Used by one thread at a time.
public final class PreparedQuery {
    public let expression: Expression
    /// What the expression was parsed from.
    public let text: String
    private let store: SampleStore
    private let options: QueryOptions
    private let plan: Result<Plan, QueryError>
    private var isPrepared = false
    private var output: OutputRows?

    private enum Plan {
        case string(String)
        case node(any Node, ValueType)
        case range(any RangeSource)
    }

    // A stretch of a range query holds about so many values per node.
    private static let valuesPerStretch = 1 << 21
    private static let longestStretch = 1_024

    init(
        _ expression: Expression,
        text: String,
        _ store: SampleStore,
        _ options: QueryOptions,
        _ cache: SelectionCache
    ) {
        self.expression = expression
        self.text = text
        self.store = store
        self.options = options
        let compiler = Compiler(cache: cache, options: options)
        plan = Result { () throws(QueryError) in try Self.plan(expression, compiler) }
    }

    private static func plan(_ expression: Expression, _ compiler: Compiler) throws(QueryError) -> Plan {
        if case .string(let node) = expression.withoutParentheses { return .string(node.value) }
        if let range = try compiler.compileRange(expression, depth: 0) { return .range(range.source) }
        return .node(try compiler.compile(expression).settled, expression.type)
    }

    /// The answer at one moment.
    ///
    /// - Parameter interruption: asked now and then whether the query should end early.
    public func instant(
        at time: Timestamp,
        interruption: (() -> Interruption?)? = nil
    ) throws(QueryError) -> QueryResult {
        let moment = QueryTimes.bounded(time.rawValue)
        let run = Run(
            store: store,
            options: options,
            times: QueryTimes(start: moment, end: moment, step: 0),
            interruption: interruption
        )
        try run.pause()
        let value: QueryValue
        switch try plan.get() {
        case .string(let text): value = .string(text)
        case .range(let source): value = .matrix(try samples(of: source, at: moment, run))
        case .node(let node, let type):
            try begin(node, run)
            let block = try node.evaluate(.instant(at: moment), run)
            value = type == .scalar ? .scalar(block.values[0]) : .vector(try vector(block, time))
        }
        return QueryResult(value: value, annotations: run.sortedAnnotations)
    }

    /// The answer at every step from `start` to `end`; series sorted by their labels.
    public func range(
        start: Timestamp,
        end: Timestamp,
        step: Milliseconds,
        interruption: (() -> Interruption?)? = nil
    ) throws(QueryError) -> QueryResult {
        guard case .node(let node, _) = try plan.get() else { throw .noRangeQuery(of: expression.type) }
        let (first, last) = (QueryTimes.bounded(start.rawValue), QueryTimes.bounded(end.rawValue))
        let interval = max(1, step.rawValue)
        let run = Run(
            store: store,
            options: options,
            times: QueryTimes(start: first, end: last, step: interval),
            interruption: interruption
        )
        guard let steps = Steps.covering(first, last, every: interval) else {
            return QueryResult(value: .matrix([]))
        }
        try begin(node, run)
        let stretch = min(Self.longestStretch, max(1, Self.valuesPerStretch / max(1, node.selectedRows)))
        var collector = MatrixCollector()
        var step = 0
        while step < steps.count {
            try run.pause()
            let part = steps.stretch(from: step, limit: stretch)
            let block = try node.evaluate(part, run)
            try collector.add(block, part, output(for: block.shape), store)
            step += part.count
        }
        return QueryResult(value: .matrix(collector.sorted()), annotations: run.sortedAnnotations)
    }

    /// Resolves what depends on the query's times and makes sure of the series.
    private func begin(_ node: any Node, _ run: Run) throws(QueryError) {
        try node.begin(run.times)
        try store.readIndex { index throws(QueryError) in
            if isPrepared && node.isCurrent(index) { return }
            isPrepared = false
            if let shape = try node.prepare(index) { _ = output(for: shape, index) }
            isPrepared = true
        }
    }

    private func output(for shape: Shape) -> OutputRows {
        if let output, output.shape === shape { return output }
        return store.readIndex { output(for: shape, $0) }
    }

    private func output(for shape: Shape, _ index: borrowing SeriesIndex) -> OutputRows {
        if let output, output.shape === shape { return output }
        let made = OutputRows(shape, index)
        output = made
        return made
    }

    private func vector(_ block: Block, _ time: Timestamp) throws(QueryError) -> [VectorElement] {
        let output = self.output(for: block.shape)
        var rows: [Int] = []
        var seen: Set<Int32> = []
        try block.forEachRow { row throws(QueryError) in
            if block[row, 0].isAbsent { return }
            if output.hasDuplicates && !seen.insert(output.first[row]).inserted {
                throw .evaluation(.duplicateLabelset)
            }
            rows.append(row)
        }
        output.make(rows, store)
        return rows.compactMap { row in
            output.labels(of: row).map { VectorElement(labels: $0, timestamp: time, value: .float(block[row, 0])) }
        }
    }

    /// A range vector as it is.
    private func samples(of source: any RangeSource, at moment: Int64, _ run: Run) throws(QueryError) -> [MatrixSeries]
    {
        try source.begin(run.times)
        try store.readIndex { index throws(QueryError) in
            if isPrepared && source.isCurrent(index) { return }
            isPrepared = false
            if let shape = try source.prepare(index) { _ = self.output(for: shape, index) }
            isPrepared = true
        }
        let steps = Steps.instant(at: moment)
        let shape = try source.load(steps, run)
        let output = self.output(for: shape)
        let end = source.moment(for: moment)
        var collector = MatrixCollector()
        try source.forEachSeries(steps, run) { samples throws(QueryError) in
            let points = samples.points(extent: source.extent, start: end &- source.window, end: end).map(
                SeriesPoint.init
            )
            try run.load(points.count)
            output.make(CollectionOfOne(samples.row), store)
            try collector.add(points, samples.row, output)
        }
        return collector.sorted()
    }
}
