import Mathematics
import Metrics

extension DurationExpression {
    /// The duration in milliseconds, for a query with these times.
    ///
    /// Windows and resolutions must be greater than zero, offsets may be negative.
    func milliseconds(_ times: QueryTimes, mayBeNegative: Bool) throws(QueryError) -> Int64 {
        let seconds = try evaluate(times)
        // A plain literal was checked by the parser, which allows a window of nothing.
        guard seconds > 0 || mayBeNegative || isLiteral else {
            throw .duration(.notPositive)
        }
        let milliseconds = seconds * 1_000
        // As in Prometheus a duration is a number of nanoseconds in 64 bits.
        guard milliseconds.magnitude < 9.2e12, !milliseconds.isNaN else {
            throw .duration(.outOfRange)
        }
        // Prometheus rounds what was written and cuts off what was worked out.
        return Int64(milliseconds.rounded(isLiteral ? .toNearestOrAwayFromZero : .towardZero))
    }

    private var isLiteral: Bool {
        switch self {
        case .literal: true
        case .negated(let inner), .plus(let inner): inner.isLiteral
        default: false
        }
    }

    private func evaluate(_ times: QueryTimes) throws(QueryError) -> Double {
        switch self {
        case .literal(let seconds, _): return seconds
        case .step: return Double(times.step) / 1_000
        case .range: return Double(times.end &- times.start) / 1_000
        case .negated(let inner): return -(try inner.evaluate(times))
        case .plus(let inner), .parentheses(let inner): return try inner.evaluate(times)
        case .minimum(let left, let right): return min(try left.evaluate(times), try right.evaluate(times))
        case .maximum(let left, let right): return max(try left.evaluate(times), try right.evaluate(times))
        case .operation(let operation, let left, let right):
            return try operation.apply(left.evaluate(times), right.evaluate(times))
        }
    }
}

extension DurationExpression.Operation {
    fileprivate func apply(_ left: Double, _ right: Double) throws(QueryError) -> Double {
        switch self {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide:
            guard right != 0 else { throw .duration(.divisionByZero) }
            return left / right
        case .remainder:
            guard right != 0 else { throw .duration(.moduloByZero) }
            return Mathematics.remainder(left, right)
        case .power: return Mathematics.power(left, right)
        }
    }
}

/// Where in time a selector or a subquery looks: `offset` and `@`, resolved for one query.
struct Reference {
    private let offsetExpression: DurationExpression?
    private let at: AtModifier?
    private(set) var offset: Int64 = 0
    private var fixed: Int64?

    init(offset: DurationExpression?, at: AtModifier?) {
        offsetExpression = offset
        self.at = at
    }

    mutating func begin(_ times: QueryTimes) throws(QueryError) {
        offset = try offsetExpression?.milliseconds(times, mayBeNegative: true) ?? 0
        fixed =
            switch at {
            case nil: nil
            case .timestamp(let time): QueryTimes.bounded(time.rawValue)
            case .start: times.start
            case .end: times.end
            }
    }

    /// Whether the moment looked at moves with the steps.
    var isMoving: Bool { fixed == nil }

    /// The moment looked at, for a step at `time`.
    @inline(__always)
    func moment(for time: Int64) -> Int64 { (fixed ?? time) &- offset }
}
