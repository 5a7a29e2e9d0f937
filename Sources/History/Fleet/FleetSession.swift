import EventLoop
import Postgres

/// Why a question to the fleet's store has no answer.
struct FleetFailure: Error, CustomStringConvertible {
    let description: String
}

/// One connection for the time of one question.
struct FleetSession: ~Copyable {
    private let connection: PostgresConnection
    private let deadline: MonotonicInstant

    init(_ connection: consuming PostgresConnection, _ deadline: MonotonicInstant) {
        self.connection = connection
        self.deadline = deadline
    }

    /// Connects, and makes the tables where they are missing.
    static func open(_ keywords: FleetStore.Keywords, _ deadline: MonotonicInstant) throws(FleetFailure) -> FleetSession
    {
        let words: [(name: String, value: String)]
        do {
            words = try keywords()
        } catch {
            throw FleetFailure(description: "\(error)")
        }
        let connection: PostgresConnection
        do throws(PostgresError) {
            connection = try PostgresConnection(words, deadline: deadline)
        } catch {
            throw FleetFailure(description: error.description)
        }
        let session = FleetSession(connection, deadline)
        try session.makeTables()
        return session
    }

    consuming func end() -> PostgresConnection { connection }

    func run(_ statement: String) throws(FleetFailure) { try rows(statement) }

    /// Rows as texts; NULL is an empty one.
    @discardableResult
    func rows(_ statement: String, _ parameters: [String] = []) throws(FleetFailure) -> [[String]] {
        do throws(PostgresError) {
            let answer = try connection.execute(statement, parameters.map { $0 }, deadline: deadline)
            return answer.rows.map { $0.map { $0 ?? "" } }
        } catch {
            throw FleetFailure(description: error.description)
        }
    }

    // MARK: Tables

    /// Any number: who makes the tables while others do waits for them.
    private static let makingLock = "7062839145"

    /// What the documents print for whoever may not let medic make them.
    private static let tables = [
        """
        CREATE TABLE IF NOT EXISTS medic_fleet_group (
            name text PRIMARY KEY,
            token bigint NOT NULL DEFAULT 0
        )
        """,
        """
        CREATE TABLE IF NOT EXISTS medic_fleet_member (
            fleet_group text NOT NULL,
            host text NOT NULL,
            seen timestamptz NOT NULL,
            is_ill boolean NOT NULL,
            PRIMARY KEY (fleet_group, host)
        )
        """,
        """
        CREATE TABLE IF NOT EXISTS medic_fleet_lease (
            fleet_group text NOT NULL,
            slot bigint NOT NULL,
            token bigint NOT NULL,
            host text NOT NULL,
            run text NOT NULL,
            subject text NOT NULL,
            expires timestamptz NOT NULL,
            PRIMARY KEY (fleet_group, slot)
        )
        """,
    ]

    private func makeTables() throws(FleetFailure) {
        let found = try rows("SELECT to_regclass('medic_fleet_lease') IS NOT NULL")
        if found == [["t"]] { return }
        try run("BEGIN")
        try run("SELECT pg_advisory_xact_lock(\(Self.makingLock))")
        for table in Self.tables { try run(table) }
        try run("COMMIT")
    }
}
