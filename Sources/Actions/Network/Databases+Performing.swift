import Configuration
import EventLoop
import JSON
import Playbooks
import Postgres
import Redis
import Sockets

extension RedisCommand {
    func perform(_ order: Order) async throws -> ActionOutcome {
        guard let words = order.arguments.texts("command"), !words.isEmpty else {
            throw DeedFailure("'command' is missing")
        }
        let answer = try await offload(interruptible: { interruption in
            var redis = try Self.connect(order.arguments, order, interruption)
            return try redis.command(words, deadline: order.deadline)
        })
        return ActionOutcome(
            .succeeded,
            message: "Redis answered \(Wording.command(words))",
            output: Self.shown(answer),
            after: .string(Wording.shown(answer.text ?? ""))
        )
    }

    /// Connects as the arguments say. Blocking.
    static func connect(
        _ settings: ActionArguments,
        _ order: Order,
        _ interruption: Interruption
    ) throws -> RedisConnection {
        let address = try Address(settings.text("address") ?? "127.0.0.1:6379", standardPort: 6379)
        return try RedisConnection.open(
            address.socketPlace,
            user: settings.text("user"),
            password: try settings.text("password_file").map { try PasswordFile.read($0, order.tools) },
            database: Int(clamping: settings.integer("database") ?? 0),
            deadline: order.deadline,
            interruption: interruption
        )
    }

    /// As redis-cli shows answers, bounded.
    private static func shown(_ value: RedisValue, depth: Int = 0) -> String {
        switch value {
        case .null: return "(nil)"
        case .array(let values):
            let lines = values.prefix(1_000).map { shown($0, depth: depth + 1) }
            return (lines + (values.count > 1_000 ? ["... \(values.count - 1_000) more"] : [])).joined(separator: "\n")
        default: return value.text ?? ""
        }
    }
}

extension PostgresExecute {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let statement = try order.text("sql")
        let limit = Int(clamping: order.arguments.integer("limit") ?? 100)
        let parameters = order.arguments.texts("parameters") ?? []
        return try await offload(interruptible: { interruption in
            let connection = try Self.connect(order.arguments, order, interruption)
            let deadline = order.deadline
            _ = try connection.execute("BEGIN", deadline: deadline)
            let answer: PostgresAnswer
            do throws(PostgresError) {
                answer = try connection.execute(statement, parameters, rowsMax: limit, deadline: deadline)
            } catch {
                if case .tooManyRows = error {
                    throw DeedFailure("more than \(limit) rows were returned; the transaction was rolled back")
                }
                // Nothing was committed: whatever happened to the connection, the statement has no effect.
                throw DeedFailure(error.description)
            }
            let count = max(answer.affected ?? 0, answer.rows.count)
            guard count <= limit else {
                _ = try? connection.execute("ROLLBACK", deadline: deadline)
                throw DeedFailure(
                    "\(count) rows were touched, and at most \(limit) may be; the transaction was rolled back"
                )
            }
            _ = try connection.execute("COMMIT", deadline: deadline)
            return ActionOutcome(
                .succeeded,
                message: "the statement touched \(Wording.count(count, "row"))",
                output: Self.table(answer),
                after: ["rows": .integer(Int64(count))]
            )
        })
    }

    /// Connects as the arguments say. Blocking.
    static func connect(
        _ settings: ActionArguments,
        _ order: Order,
        _ interruption: Interruption
    ) throws -> PostgresConnection {
        guard let dsn = settings.text("dsn") else { throw DeedFailure("'dsn' is missing") }
        // Asked again here: what leads elsewhere must not be reached by a value that was not there at the check.
        let address = try PostgresAddress.address(ofDSN: dsn)
        let refusals = order.tools.permits.refusals(of: [.address(address)])
        if let refusal = refusals.first { throw DeedFailure(refusal) }
        var words = try PostgresAddress.settings(ofDSN: dsn)
        if let path = settings.text("password_file") {
            words.append(("password", try PasswordFile.read(path, order.tools)))
        }
        words.append(("application_name", "medic"))
        // No passwords from files of medic's own user.
        if settings.text("password_file") == nil { words.append(("passfile", "/dev/null")) }
        return try PostgresConnection(words, deadline: order.deadline, interruption: interruption)
    }

    private static func table(_ answer: PostgresAnswer) -> String {
        guard !answer.columns.isEmpty else { return "" }
        let rows = answer.rows.prefix(200).map {
            $0.map { $0.map { Wording.shown($0) } ?? "NULL" }.joined(separator: " | ")
        }
        return ([answer.columns.joined(separator: " | ")] + rows).joined(separator: "\n")
    }
}
