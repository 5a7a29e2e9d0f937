import Playbooks

/// `postgres.execute`: one statement in a transaction that may touch no more than so many rows.
struct PostgresExecute: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "postgres.execute",
            summary: "Runs one SQL statement in a transaction, and takes it back when it touches too many rows",
            arguments: ArgumentDeclaration.database + [
                ArgumentDeclaration(
                    "sql",
                    .text,
                    isRequired: true,
                    isLiteral: true,
                    help: "one statement, written out; values from alerts go into parameters: $1, $2"
                ),
                ArgumentDeclaration("parameters", .list(of: .text), help: "what $1, $2 ... stand for"),
                ArgumentDeclaration(
                    "limit",
                    .integer(0...1_000_000),
                    standard: .integer(100),
                    help: "more rows than this, changed or returned, and the transaction is rolled back"
                ),
            ],
            isRepeatable: { _ in false },
            permissions: { arguments in
                let address = arguments.text("dsn").flatMap { try? PostgresAddress.address(ofDSN: $0) }
                return [.action("postgres.execute")] + (address.map { [.address($0)] } ?? [])
                    + Permission.path(arguments.text("password_file"), .read)
            },
            complaints: { PostgresAddress.complaints($0) + Self.complaints($0) },
            sentence: { arguments in
                let limit = arguments.integer("limit").map { ", at most \($0) rows" } ?? ""
                return
                    "run \(Wording.shown(arguments.text("sql") ?? "(not known yet)", limit: 300)) in PostgreSQL\(limit)"
            }
        )
    }

    @Sendable private static func complaints(_ arguments: ActionArguments) -> [ArgumentComplaint] {
        arguments.text("sql")?.utf8.contains(0) == true
            ? [ArgumentComplaint(["sql"], "the statement holds a NUL, which ends it early")] : []
    }
}
