public import Configuration
public import EventLoop
import Files
public import Logging
public import Metrics
import Postgres
public import Storage

extension ServerCollector {
    /// Looks at a PostgreSQL server: under postgres_exporter's names.
    public static func postgres(
        _ settings: PostgresCollectorSettings,
        labels: Labels,
        loop: EventLoop,
        store: SampleStore,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) throws -> ServerCollector {
        try ServerCollector(
            .postgres,
            name: settings.name,
            basics: settings.basics,
            timeout: settings.timeout,
            labels: labels,
            loop: loop,
            store: store,
            log: log,
            landed: landed,
            look: { deadline in await offload { PostgresLook(settings).report(deadline) } }
        )
    }
}

/// One look at a PostgreSQL server.
struct PostgresLook {
    /// A statement whose columns are labels, but for the last ones, which are numbers.
    private struct Question {
        let statement: String
        let labels: [String]
        let names: [String]
    }

    private static let questions = [
        Question(
            statement: """
                SELECT d.datname, s.state, count(a.pid),
                       coalesce(extract(epoch FROM max(now() - a.xact_start)), 0)
                FROM pg_database d
                CROSS JOIN (VALUES ('active'), ('idle'), ('idle in transaction'), ('idle in transaction (aborted)'),
                                   ('fastpath function call'), ('disabled')) AS s (state)
                LEFT JOIN pg_stat_activity a ON a.datname = d.datname AND a.state = s.state
                WHERE d.datallowconn
                GROUP BY d.datname, s.state
                """,
            labels: ["datname", "state"],
            names: ["pg_stat_activity_count", "pg_stat_activity_max_tx_duration"]
        ),
        Question(
            statement: "SELECT setting FROM pg_settings WHERE name = 'max_connections'",
            labels: [],
            names: ["pg_settings_max_connections"]
        ),
        Question(
            statement: "SELECT count(*) FROM pg_locks WHERE NOT granted",
            labels: [],
            names: ["pg_locks_waiting"]
        ),
        Question(
            // Of those that may not be connected to, the size may not be asked for either.
            statement: """
                SELECT datname, pg_database_size(oid) FROM pg_database
                WHERE datallowconn AND has_database_privilege(oid, 'CONNECT')
                """,
            labels: ["datname"],
            names: ["pg_database_size_bytes"]
        ),
        Question(
            // A replica that has replayed all there is lags by nothing, however long ago that was.
            statement: """
                SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0
                            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                            ELSE greatest(0, extract(epoch FROM now() - pg_last_xact_replay_timestamp())) END,
                       CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END
                """,
            labels: [],
            names: ["pg_replication_lag_seconds", "pg_replication_is_replica"]
        ),
        Question(
            statement: "SELECT extract(epoch FROM pg_postmaster_start_time())",
            labels: [],
            names: ["pg_postmaster_start_time_seconds"]
        ),
    ]

    private let settings: PostgresCollectorSettings

    init(_ settings: PostgresCollectorSettings) { self.settings = settings }

    func report(_ deadline: MonotonicInstant) -> ServerReport {
        var report = ServerReport()
        do {
            let postgres = try PostgresConnection(try Self.keywords(settings), deadline: deadline)
            for question in Self.questions {
                let answer = try postgres.execute(question.statement, deadline: deadline)
                for row in answer.rows { report.readings += Self.readings(question, row) }
            }
            report.notePressure(
                "connections",
                used: report.readings.filter { $0.name == "pg_stat_activity_count" }.reduce(0) { $0 + $1.value },
                most: report.value("pg_settings_max_connections")
            )
            PostgresQueries(settings).run(postgres, deadline, &report)
        } catch {
            return ServerReport(complaint: "\(error)")
        }
        return report
    }

    private static func readings(_ question: Question, _ row: [String?]) -> [ServerReading] {
        guard row.count == question.labels.count + question.names.count else { return [] }
        let labels = zip(question.labels, row).map { Label($0, $1 ?? "") }
        let numbers = zip(question.names, row.dropFirst(labels.count))
        return numbers.compactMap { name, text in
            text.flatMap { Double($0) }.map { ServerReading(name, labels, $0) }
        }
    }

    /// What libpq is told to connect to a server, to a database of it if not to its own.
    static func keywords(
        _ settings: PostgresCollectorSettings,
        database: String? = nil
    ) throws(FileError) -> [(name: String, value: String)] {
        var keywords: [(name: String, value: String)] = [
            ("host", settings.host), ("port", String(settings.port)), ("dbname", database ?? settings.database),
            ("application_name", "medic"),
        ]
        if let user = settings.user { keywords.append(("user", user)) }
        if let mode = settings.tlsMode { keywords.append(("sslmode", mode)) }
        if let password = try ServerCollector.reveal(settings.password) { keywords.append(("password", password)) }
        return keywords
    }
}
