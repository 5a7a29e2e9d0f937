import Metrics
public import PromQL

/// Answers requests, and remembers how it prepared the queries that are asked again and again.
public struct QueryDesk {
    private let engine: Engine
    private let options: QueryOptions?
    private let limit: () -> (() -> Interruption?)?
    private var prepared: [String: Prepared] = [:]

    /// A query that was prepared, and what it yields.
    private struct Prepared {
        let query: PreparedQuery
        let type: ValueType
    }

    // Enough for every panel of a large dashboard; beyond it all are forgotten and the live ones come back.
    private static let preparedMax = 1_000

    /// - Parameters:
    ///   - options: instead of the engine's own.
    ///   - limit: called at the begin of each query; what it returns is asked now and then whether to end early.
    public init(
        _ engine: Engine,
        options: QueryOptions? = nil,
        limit: @escaping () -> (() -> Interruption?)? = { nil }
    ) {
        self.engine = engine
        self.options = options
        self.limit = limit
    }

    public mutating func answer(_ request: QueryRequest) throws(QueryRefusal) -> QueryResult {
        let prepared = try prepare(request.text)
        if case .range = request.span, prepared.type == .string || prepared.type == .matrix {
            throw Self.notForRange(prepared.type)
        }
        do throws(QueryError) {
            switch request.span {
            case .instant(let time): return try prepared.query.instant(at: time, interruption: limit())
            case .range(let start, let end, let step):
                return try prepared.query.range(start: start, end: end, step: step, interruption: limit())
            }
        } catch {
            throw QueryRefusal(error)
        }
    }

    private mutating func prepare(_ text: String) throws(QueryRefusal) -> Prepared {
        if let known = prepared[text] { return known }
        let expression: Expression
        do throws(ParseError) {
            expression = try parse(text)
        } catch {
            throw .badParameter("query", error.description(in: text))
        }
        let fresh = Prepared(query: engine.prepare(expression, text: text, options: options), type: expression.type)
        if prepared.count >= Self.preparedMax { prepared.removeAll() }
        prepared[text] = fresh
        return fresh
    }

    private static func notForRange(_ type: ValueType) -> QueryRefusal {
        let kind = Labels.quoted(type.rawValue)
        return .badParameter(
            "query",
            "invalid expression type \(kind) for range query, must be Scalar or instant Vector"
        )
    }
}
