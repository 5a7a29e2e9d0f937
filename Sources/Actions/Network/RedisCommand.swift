import Playbooks

/// `redis.command`: one command to a Redis server.
struct RedisCommand: Deed {
    static let connection: [ArgumentDeclaration] = [
        ArgumentDeclaration(
            "address",
            .text,
            standard: .text("127.0.0.1:6379"),
            help: "host:port, or the path of a unix socket"
        ),
        ArgumentDeclaration("user", .text, help: "the user to log in as"),
        .passwordFile,
        ArgumentDeclaration(
            "database",
            .integer(0...1_000_000),
            standard: .integer(0),
            help: "the number of the database"
        ),
    ]

    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "redis.command",
            summary: "Sends one command to a Redis server",
            arguments: Self.connection + [
                ArgumentDeclaration(
                    "command",
                    .list(of: .text),
                    isRequired: true,
                    help: "the command and its arguments: [CLIENT, KILL, TYPE, normal]"
                )
            ],
            isRepeatable: { _ in false },
            permissions: { arguments in
                [.action("redis.command")] + Permission.address(arguments.text("address"), standardPort: 6379)
                    + Permission.path(arguments.text("password_file"), .read)
            },
            complaints: { arguments in
                var complaints = Complaints.address("address", standardPort: 6379, in: arguments)
                if let command = arguments.list("command"), command.isEmpty {
                    complaints.append(ArgumentComplaint(["command"], "the command is missing"))
                }
                return complaints
            },
            sentence: { "send \(Wording.command($0.texts("command") ?? [])) to Redis at \($0.words("address"))" }
        )
    }
}
