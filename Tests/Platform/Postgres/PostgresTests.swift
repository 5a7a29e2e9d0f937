import EventLoop
import TestServers
import Testing

@testable import Postgres

@Suite(.enabled(if: PostgresServer.isInstalled)) struct PostgresTests {
    private var soon: MonotonicInstant { .now + .seconds(30) }

    private func connect(_ interruption: Interruption? = nil) async throws -> PostgresConnection {
        try await PostgresConnection(PostgresServer.shared().settings, deadline: soon, interruption: interruption)
    }

    private func failure(_ body: () throws(PostgresError) -> Void) -> PostgresError? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func `Rows, columns, NULL and the number of changed rows come back`() async throws {
        let connection = try await connect()
        let answer = try connection.execute(
            "SELECT 1 AS one, NULL AS none, 'x' || $1 AS text",
            ["é\n'"],
            deadline: soon
        )
        #expect(answer.columns == ["one", "none", "text"])
        #expect(answer.rows == [["1", nil, "xé\n'"]])
        _ = try connection.execute("CREATE TEMP TABLE t AS SELECT generate_series(1, 10) AS n", deadline: soon)
        #expect(try connection.execute("DELETE FROM t WHERE n <= 3", deadline: soon).affected == 3)
    }

    @Test func `A parameter is never part of the statement`() async throws {
        let connection = try await connect()
        let hostile = "1'; DROP TABLE pg_class; --"
        let answer = try connection.execute("SELECT $1::text", [hostile], deadline: soon)
        #expect(answer.rows == [[hostile]])
        #expect(
            failure { () throws(PostgresError) in _ = try connection.execute("SELECT 1; SELECT 2", deadline: soon) }
                != nil
        )
        #expect(
            failure { () throws(PostgresError) in _ = try connection.execute("SELECT 'a\u{0}b'", deadline: soon) }
                != nil
        )
    }

    @Test func `A statement of too many rows is stopped, and the connection can go on`() async throws {
        let connection = try await connect()
        let error = failure { () throws(PostgresError) in
            _ = try connection.execute("SELECT generate_series(1, 100000000)", rowsMax: 10, deadline: soon)
        }
        #expect(error == .tooManyRows(limit: 10))
        #expect(try connection.execute("SELECT 1", deadline: soon).rows == [["1"]])
    }

    @Test func `A statement that takes too long is cancelled on the server`() async throws {
        let connection = try await connect()
        let error = failure { () throws(PostgresError) in
            _ = try connection.execute("SELECT pg_sleep(601)", deadline: .now + .milliseconds(100))
        }
        #expect(error == .timedOut)
        let other = try await connect()
        let running =
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(601)%' AND state = 'active' AND pid <> pg_backend_pid()"
        // The server hears of it on another connection, and a moment later.
        let deadline = soon
        var left = try other.execute(running, deadline: deadline).rows
        while left != [["0"]], MonotonicInstant.now < deadline {
            left = try other.execute(running, deadline: deadline).rows
        }
        #expect(left == [["0"]])
    }

    @Test func `An interruption ends the wait`() async throws {
        let interruption = Interruption()
        let connection = try await connect(interruption)
        interruption.interrupt()
        let error = failure { () throws(PostgresError) in
            _ = try connection.execute("SELECT pg_sleep(600)", deadline: soon)
        }
        #expect(error == .cancelled)
    }

    @Test func `Refusals carry their code; nobody there is told`() async throws {
        let connection = try await connect()
        let error = failure { () throws(PostgresError) in _ = try connection.execute("SELEC", deadline: soon) }
        #expect(
            error
                == .refused(message: "ERROR:  syntax error at or near \"SELEC\" LINE 1: SELEC         ^", code: "42601")
        )
        let nobody = failure { () throws(PostgresError) in
            _ = try PostgresConnection([("host", "/nowhere")], deadline: soon)
        }
        guard case .cannotConnect(let reason) = nobody else { Issue.record("\(String(describing: nobody))"); return }
        #expect(reason.contains("/nowhere"))
    }
}
