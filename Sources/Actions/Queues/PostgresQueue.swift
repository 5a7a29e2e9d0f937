import EventLoop
import JSON
import Playbooks
import Postgres

/// The rows of a PostgreSQL table as a queue. Blocking.
struct PostgresQueue {
    private static let portion = 1_000

    private let queue: Queue
    private let table: String
    private let column: String

    init(_ queue: Queue) throws {
        guard let table = queue.settings.text("table"), let column = queue.settings.text("order") else {
            throw DeedFailure("'table' and 'order' are missing")
        }
        self.queue = queue
        self.table = try Self.identifier(table.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
        self.column = try Self.identifier([column])
    }

    /// Names in quotes, in which nothing has a meaning but the quote itself, which is doubled.
    static func identifier(_ parts: [String]) throws -> String {
        guard (1...2).contains(parts.count) else { throw DeedFailure("a table is named as it is or with its schema") }
        return try parts.map { part in
            guard !part.isEmpty, part.utf8.count <= 63, !part.utf8.contains(0) else {
                throw DeedFailure("'\(Wording.shown(part))' is not a name in PostgreSQL")
            }
            let pieces = part.split(separator: "\"", omittingEmptySubsequences: false)
            return "\"" + pieces.joined(separator: "\"\"") + "\""
        }.joined(separator: ".")
    }

    func length(_ interruption: Interruption) throws -> Int {
        let connection = try connect(interruption)
        let answer = try connection.execute("SELECT count(*) FROM \(table)", deadline: queue.order.deadline)
        return answer.rows.first?.first?.flatMap { $0 }.flatMap { Int($0) } ?? 0
    }

    /// Rows leave the table in the same transaction in which they are read, and that is committed only after they are on the disk.
    /// Rows that a consumer holds are left to it.
    func quarantine(_ interruption: Interruption) throws -> Flushed {
        let connection = try connect(interruption)
        var settings = JSONObject()
        for name in ["dsn", "password_file", "table"] { settings[name] = queue.settings.text(name).map { .string($0) } }
        var quarantine = try Quarantine(queue.order, backend: "postgres", settings: settings)
        let deadline = queue.order.deadline
        while quarantine.count < queue.most, !quarantine.isFull {
            let count = min(Self.portion, queue.most - quarantine.count)
            _ = try connection.execute("BEGIN", deadline: deadline)
            let rows = try connection.execute(deletion(count, returning: true), rowsMax: count, deadline: deadline).rows
            for row in rows {
                guard let text = row.first.flatMap({ $0 }) else { continue }
                try quarantine.append(["row": .string(text)])
            }
            try quarantine.sync()
            _ = try connection.execute("COMMIT", deadline: deadline)
            if rows.count < count { break }
        }
        return Flushed(count: quarantine.count, quarantine: quarantine.path)
    }

    func purge(_ interruption: Interruption) throws -> Flushed {
        let connection = try connect(interruption)
        var flushed = Flushed()
        while flushed.count < queue.most {
            let count = min(Self.portion * 10, queue.most - flushed.count)
            let gone =
                try connection.execute(deletion(count, returning: false), deadline: queue.order.deadline).affected ?? 0
            flushed.count += gone
            if gone < count { break }
        }
        return flushed
    }

    private func deletion(_ count: Int, returning: Bool) -> String {
        "DELETE FROM \(table) AS entry WHERE ctid IN (SELECT ctid FROM \(table) ORDER BY \(column) LIMIT \(count) "
            + "FOR UPDATE SKIP LOCKED)" + (returning ? " RETURNING row_to_json(entry)::text" : "")
    }

    private func connect(_ interruption: Interruption) throws -> PostgresConnection {
        try PostgresExecute.connect(queue.settings, queue.order, interruption)
    }
}
