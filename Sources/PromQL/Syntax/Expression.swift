public import Metrics

/// A PromQL expression as it was written. Ranges are bytes of the query text.
public indirect enum Expression: Sendable, Hashable {
    case number(NumberLiteral)
    case string(StringLiteral)
    case vectorSelector(VectorSelector)
    case matrixSelector(MatrixSelector)
    case subquery(Subquery)
    case call(Call)
    case aggregation(Aggregation)
    case binary(BinaryOperation)
    case unary(UnaryOperation)
    case parentheses(Parentheses)
}

/// What kind of value an expression yields.
public enum ValueType: String, Sendable, Hashable {
    case scalar
    case string
    case vector = "instant vector"
    case matrix = "range vector"
}

public struct NumberLiteral: Sendable, Hashable {
    public var value: Double
    /// Whether it was written as a duration, `5m`, and prints as one.
    public var isDuration: Bool
    public var range: Range<Int>
}

public struct StringLiteral: Sendable, Hashable {
    /// The text; bytes that are no valid UTF-8 show as U+FFFD.
    public var value: String
    /// The exact bytes where escapes such as `\xc5` wrote something that is no UTF-8; nil for every other literal.
    public var invalidBytes: [UInt8]?
    public var range: Range<Int>
}

/// `name{matchers} offset 5m @ 1603774568`, yielding an instant vector.
public struct VectorSelector: Sendable, Hashable {
    /// The name before the braces. One that is quoted inside them, or given as `__name__`, stands only among the matchers.
    public var name: String?
    /// Every condition, in the order written; the one on `__name__` included, which comes last where `name` is set.
    public var matchers: [LabelMatcher]
    public var offset: DurationExpression?
    public var at: AtModifier?
    public var extent: RangeExtent
    public var range: Range<Int>
}

/// How a range selector treats the samples at its edges.
public enum RangeExtent: String, Sendable, Hashable {
    /// Only the samples inside the window.
    case plain
    /// `anchored`: the last sample before the window stands for its left edge.
    case anchored
    /// `smoothed`: values at both edges are interpolated.
    case smoothed
}

/// `selector[5m]`. Offset, `@` and extent are written behind the brackets and kept in the selector.
public struct MatrixSelector: Sendable, Hashable {
    public var selector: VectorSelector
    public var window: DurationExpression
    public var range: Range<Int>
}

/// `expression[1h:5m]`.
public struct Subquery: Sendable, Hashable {
    public var expression: Expression
    public var window: DurationExpression
    /// Nil for the default resolution.
    public var step: DurationExpression?
    public var offset: DurationExpression?
    public var at: AtModifier?
    public var range: Range<Int>
}

/// `@ 1603774568.5`, `@ start()` or `@ end()`.
public enum AtModifier: Sendable, Hashable {
    case timestamp(Timestamp)
    case start
    case end
}

/// A duration, or an arithmetic expression over durations: `5m`, `300`, `(1h / 2)`, `max(step(), 5m)`. Seconds when evaluated.
public indirect enum DurationExpression: Sendable, Hashable {
    /// A literal in seconds; `isDuration` when it was written with units.
    case literal(seconds: Double, isDuration: Bool)
    /// `step()`: the query's step.
    case step
    /// `range()`: end minus start of the query.
    case range
    case negated(DurationExpression)
    case plus(DurationExpression)
    case parentheses(DurationExpression)
    case operation(Operation, DurationExpression, DurationExpression)
    case minimum(DurationExpression, DurationExpression)
    case maximum(DurationExpression, DurationExpression)

    public enum Operation: String, Sendable, Hashable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case remainder = "%"
        case power = "^"
    }
}

public struct Call: Sendable, Hashable {
    public var function: Function
    public var arguments: [Expression]
    public var range: Range<Int>
}

public enum AggregationOperator: String, Sendable, Hashable, CaseIterable {
    case sum, min, max, avg, group, stddev, stdvar, count
    case countValues = "count_values"
    case bottomk, topk, quantile, limitk
    case limitRatio = "limit_ratio"
}

/// `sum by (job) (...)`, `topk(3, ...)`.
public struct Aggregation: Sendable, Hashable {
    public var operation: AggregationOperator
    public var expression: Expression
    public var parameter: Expression?
    public var grouping: [String]
    public var isWithout: Bool
    public var range: Range<Int>
}

public enum BinaryOperator: String, Sendable, Hashable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case power = "^"
    case arcTangent = "atan2"
    /// Cuts the upper buckets off a native histogram.
    case trimUpper = "</"
    /// Cuts the lower buckets off a native histogram.
    case trimLower = ">/"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and, or, unless

    public var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }

    public var isSetOperator: Bool { self == .and || self == .or || self == .unless }
}

/// How the series of two vectors find each other.
public struct VectorMatching: Sendable, Hashable {
    public enum Cardinality: String, Sendable, Hashable {
        case oneToOne = "one-to-one"
        case manyToOne = "many-to-one"
        case oneToMany = "one-to-many"
        case manyToMany = "many-to-many"
    }

    public var cardinality: Cardinality
    /// The labels of `on (...)` or `ignoring (...)`.
    public var labels: [String]
    public var isOn: Bool
    /// The labels of `group_left (...)` or `group_right (...)`.
    public var include: [String]
    /// `fill (0)`, `fill_left (0)`, `fill_right (0)`: what stands for a missing partner.
    public var fillLeft: Double?
    public var fillRight: Double?
}

public struct BinaryOperation: Sendable, Hashable {
    public var operation: BinaryOperator
    public var left: Expression
    public var right: Expression
    /// Nil when a side is a scalar.
    public var matching: VectorMatching?
    public var returnsBool: Bool
    public var range: Range<Int>
}

public struct UnaryOperation: Sendable, Hashable {
    public var isNegation: Bool
    public var expression: Expression
    public var range: Range<Int>
}

public struct Parentheses: Sendable, Hashable {
    public var expression: Expression
    public var range: Range<Int>
}

extension Expression {
    /// The bytes of the query that this expression takes up.
    public var range: Range<Int> {
        switch self {
        case .number(let node): node.range
        case .string(let node): node.range
        case .vectorSelector(let node): node.range
        case .matrixSelector(let node): node.range
        case .subquery(let node): node.range
        case .call(let node): node.range
        case .aggregation(let node): node.range
        case .binary(let node): node.range
        case .unary(let node): node.range
        case .parentheses(let node): node.range
        }
    }

    /// The kind of value the expression yields.
    public var type: ValueType {
        switch self {
        case .number: .scalar
        case .string: .string
        case .vectorSelector, .aggregation: .vector
        case .matrixSelector, .subquery: .matrix
        case .call(let node): node.function.returnType
        case .binary(let node): node.left.type == .scalar && node.right.type == .scalar ? .scalar : .vector
        case .unary(let node): node.expression.type
        case .parentheses(let node): node.expression.type
        }
    }
}
