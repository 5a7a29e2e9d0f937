import Configuration
import EventLoop
import Files
import Metrics
import Postgres

/// The operator's own queries of a PostgreSQL server: each in a transaction that may only read, ended by the server after its timeout.
struct PostgresQueries {
    private let settings: PostgresCollectorSettings

    init(_ settings: PostgresCollectorSettings) { self.settings = settings }

    /// Runs them all, those of the server's own database over the connection there is. One that fails keeps no other from running.
    func run(_ postgres: borrowing PostgresConnection, _ deadline: MonotonicInstant, _ report: inout ServerReport) {
        let own = settings.queries.filter { ($0.database ?? settings.database) == settings.database }
        for query in own { run(query, postgres, deadline, &report) }
        var others: [String: [PostgresQuery]] = [:]
        for query in settings.queries {
            if let database = query.database, database != settings.database {
                others[database, default: []].append(query)
            }
        }
        for (database, queries) in others.sorted(by: { $0.key < $1.key }) {
            do {
                let keywords = try PostgresLook.keywords(settings, database: database)
                let connection = try PostgresConnection(keywords, deadline: deadline)
                for query in queries { run(query, connection, deadline, &report) }
            } catch {
                for query in queries { fail(query, "\(error)", .zero, &report) }
            }
        }
    }

    private func run(
        _ query: PostgresQuery,
        _ postgres: borrowing PostgresConnection,
        _ deadline: MonotonicInstant,
        _ report: inout ServerReport
    ) {
        let began = MonotonicInstant.now
        do {
            let answer = try Self.answer(query, postgres, deadline)
            let reading = try QueryReading(query, answer)
            let labels = [Label("query", query.name)]
            report.readings += reading.readings
            report.readings += [
                ServerReading("pg_query_success", labels, 1),
                ServerReading("pg_query_duration_seconds", labels, Self.seconds(.now - began)),
                ServerReading("pg_query_rows", labels, Double(answer.rows.count)),
                ServerReading("pg_query_rejected_values", labels, Double(reading.rejections.count)),
            ]
            if let first = reading.rejections.first {
                let more = reading.rejections.count > 1 ? " and \(reading.rejections.count - 1) more" : ""
                report.concerns.append("query \(query.name): \(first)\(more)")
            }
        } catch {
            fail(query, "\(error)", .now - began, &report)
        }
    }

    private func fail(_ query: PostgresQuery, _ reason: String, _ took: Duration, _ report: inout ServerReport) {
        let labels = [Label("query", query.name)]
        report.readings += [
            ServerReading("pg_query_success", labels, 0),
            ServerReading("pg_query_duration_seconds", labels, Self.seconds(took)),
        ]
        report.concerns.append("query \(query.name): \(reason)")
    }

    private static func answer(
        _ query: PostgresQuery,
        _ postgres: borrowing PostgresConnection,
        _ deadline: MonotonicInstant
    ) throws(PostgresError) -> PostgresAnswer {
        _ = try postgres.execute("BEGIN READ ONLY", deadline: deadline)
        let result: Result<PostgresAnswer, PostgresError>
        do throws(PostgresError) {
            // Of this transaction alone: whoever shares the connection behind a pooler is not to be bound by it.
            _ = try postgres.execute("SET LOCAL statement_timeout = \(query.timeout.rawValue)", deadline: deadline)
            result = .success(try postgres.execute(query.statement, rowsMax: query.rowsMax, deadline: deadline))
        } catch {
            result = .failure(error)
        }
        _ = try postgres.execute("ROLLBACK", deadline: deadline)
        return try result.get()
    }

    private static func seconds(_ span: Duration) -> Double { Double(span.wholeNanoseconds) / 1e9 }
}

/// Why an answer as a whole cannot be series.
enum QueryAnswerError: Error, CustomStringConvertible {
    case noColumn(String)
    case badColumn(String)
    case columnTwice(String)
    case noNumbers

    var description: String {
        switch self {
        case .noColumn(let name): "the answer has no column '\(name)', which is to be a label"
        case .badColumn(let name): "the column '\(name)' cannot be part of a metric's name: write AS and a plain name"
        case .columnTwice(let name): "two columns are called '\(name)'"
        case .noNumbers: "all columns of the answer are labels: none is left to be a number"
        }
    }
}

/// The answer to a query as readings, and what of it could not be one.
struct QueryReading {
    private(set) var readings: [ServerReading] = []
    /// A sentence for each.
    private(set) var rejections: [String] = []

    init(_ query: PostgresQuery, _ answer: PostgresAnswer) throws(QueryAnswerError) {
        var labelPlaces: [(name: String, place: Int)] = []
        for name in query.labels {
            guard let place = answer.columns.firstIndex(of: name) else { throw .noColumn(name) }
            labelPlaces.append((name, place))
        }
        let numbers = answer.columns.indices.filter { !query.labels.contains(answer.columns[$0]) }
        guard !numbers.isEmpty else { throw .noNumbers }
        for (index, name) in answer.columns.enumerated() {
            guard Labels.isPlainLabelName("x\(name)") else { throw .badColumn(name) }
            guard answer.columns.firstIndex(of: name) == index else { throw .columnTwice(name) }
        }
        var present: Set<[Label]> = []
        for row in answer.rows {
            let labels = labelPlaces.map { Label($0.name, row[$0.place] ?? "") }
            guard present.insert(labels).inserted else {
                rejections.append("two rows have the same labels \(Labels(labels))")
                continue
            }
            for place in numbers { take(row[place], "\(query.name)_\(answer.columns[place])", labels) }
        }
    }

    /// NULL is no number, and nothing wrong.
    private mutating func take(_ text: String?, _ name: String, _ labels: [Label]) {
        guard let text else { return }
        if let number = Self.number(text) {
            readings.append(ServerReading(name, labels, number))
        } else {
            rejections.append("\(name)\(Labels(labels)) is no number: '\(text.prefix(40))'")
        }
    }

    /// As PostgreSQL writes numbers, and the two words that it has for what is true or not.
    private static func number(_ text: String) -> Double? {
        switch text {
        case "t": return 1
        case "f": return 0
        default:
            let isPlain = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
            return isPlain || ["NaN", "Infinity", "-Infinity"].contains(text) ? Double(text) : nil
        }
    }
}
