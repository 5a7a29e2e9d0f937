public import Metrics
import YAML

/// A statement of the operator's own whose answer becomes series: some columns are labels, the others are numbers.
public struct PostgresQuery: Sendable, Hashable {
    /// What the names of its series begin with: `NAME_COLUMN`.
    public var name: String
    public var statement: String
    /// Nil: that of the server.
    public var database: String?
    /// Columns that are labels; all others are numbers.
    public var labels: [String] = []
    /// The server ends the statement after so long.
    public var timeout = Milliseconds.seconds(1)
    /// More rows are a failure, and none of them has a series.
    public var rowsMax = 100

    static let rowsLimit = 10_000

    public init(name: String, statement: String) {
        self.name = name
        self.statement = statement
    }

    /// The queries of a server, whose timeout bounds theirs.
    static func list(within bound: Milliseconds) -> Shape<[PostgresQuery]> {
        Shape<[PostgresQuery]>("a list of queries") { node, problems in
            guard
                let queries = Shape<[Placed<PostgresQuery>]>.list(of: shape(within: bound).placed).decode(
                    node,
                    problems
                )
            else { return nil }
            var names: Set<String> = []
            for query in queries where !names.insert(query.value.name).inserted {
                problems.error("yaml/bad-value", "two queries are named '\(query.value.name)'", at: query.range)
                return nil
            }
            guard queries.count <= PostgresCollectorSettings.queriesMax else {
                let limit = PostgresCollectorSettings.queriesMax
                problems.error("yaml/bad-value", "more than \(limit) queries", at: node.headline)
                return nil
            }
            return queries.map(\.value)
        }
    }

    private static func shape(within bound: Milliseconds) -> Shape<PostgresQuery> {
        .structure("a query") { fields in
            let name = fields.required("name", .metricPrefix)
            let statement = fields.required("query", .nonEmptyString)
            var query = PostgresQuery(name: name ?? "", statement: statement ?? "")
            query.database = fields.optional("database", .nonEmptyString)
            query.labels = fields.value("labels", .list(of: .labelColumn), default: [])
            if Set(query.labels).count != query.labels.count {
                fields.refuse("yaml/bad-value", "a column is named twice", at: "labels")
            }
            query.timeout = fields.value("timeout", .collectorInterval, default: Swift.min(.seconds(1), bound))
            if query.timeout > bound {
                fields.refuse("yaml/bad-value", "the timeout is longer than that of the server", at: "timeout")
            }
            query.rowsMax = fields.value("max_rows", .integer(in: 1...rowsLimit), default: query.rowsMax)
            guard name != nil, statement != nil else { return nil }
            return query
        }
    }
}

extension Shape where Value == String {
    fileprivate static var metricPrefix: Self {
        string.narrowed(
            to: "the beginning of a metric's name, such as shop_orders",
            help: "letters, digits and '_', not beginning with a digit"
        ) { Labels.isPlainLabelName($0) ? $0 : nil }
    }

    fileprivate static var labelColumn: Self {
        string.narrowed(
            to: "a column whose name a label can have",
            help: "letters, digits and '_', not beginning with a digit or with '__'; write 'AS name' in the query"
        ) { Labels.isPlainLabelName($0) && !$0.hasPrefix("__") ? $0 : nil }
    }
}
