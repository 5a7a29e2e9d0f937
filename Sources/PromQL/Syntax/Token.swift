/// A word, sign or literal of a query.
struct Token {
    var kind: Kind
    /// The bytes of the query that it takes up.
    var range: Range<Int>

    enum Kind: Equatable {
        case end
        /// What cannot be read; the lexer holds the reason. Nothing follows it.
        case failure
        case identifier
        /// A name with a colon, which only metrics have.
        case metricIdentifier
        case string
        case number
        case duration
        case leftParenthesis
        case rightParenthesis
        case leftBrace
        case rightBrace
        case leftBracket
        case rightBracket
        case comma
        case colon
        case assign
        case matches
        case notMatches
        case at
        case operation(BinaryOperator)
        case aggregator(AggregationOperator)
        case keyword(Keyword)
    }
}

/// The words that mean something by themselves. Upper case is as good as lower case.
enum Keyword: String, CaseIterable {
    case bool, by, ignoring, offset, on, without, anchored, smoothed, fill
    case groupLeft = "group_left"
    case groupRight = "group_right"
    case fillLeft = "fill_left"
    case fillRight = "fill_right"
    // Stand for a number that is known before the evaluation.
    case start, end, step, range
    case minOf = "min_of"
    case maxOf = "max_of"

    /// Whether messages show the word in angle brackets.
    var isModifier: Bool {
        switch self {
        case .start, .end, .step, .range, .minOf, .maxOf: false
        default: true
        }
    }

    /// Whether the word may also be the name of a metric.
    var mayNameMetric: Bool {
        switch self {
        case .bool, .ignoring, .on, .groupLeft, .groupRight: false
        default: true
        }
    }
}

extension Token.Kind {
    // By lower case word: keywords, aggregations, operators that are words, and the special numbers.
    static let words: [String: Token.Kind] = {
        var words: [String: Token.Kind] = ["inf": .number, "nan": .number]
        for keyword in Keyword.allCases {
            words[keyword.rawValue] = .keyword(keyword)
        }
        for aggregator in AggregationOperator.allCases {
            words[aggregator.rawValue] = .aggregator(aggregator)
        }
        for operation in [BinaryOperator.and, .or, .unless, .arcTangent] {
            words[operation.rawValue] = .operation(operation)
        }
        return words
    }()

    /// Whether a token of this kind may name a metric before braces or alone.
    var mayNameMetric: Bool {
        switch self {
        case .identifier, .metricIdentifier, .aggregator: true
        case .keyword(let keyword): keyword.mayNameMetric
        case .operation(let operation): operation.isSetOperator
        default: false
        }
    }

    /// Whether a token of this kind may name a label in `by (...)` and its like.
    var mayNameLabel: Bool {
        switch self {
        case .identifier, .metricIdentifier, .aggregator: true
        case .keyword(let keyword): keyword != .without
        case .operation(let operation): operation.isSetOperator || operation == .arcTangent
        default: false
        }
    }
}
