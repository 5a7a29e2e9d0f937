import Metrics
import Playbooks

/// How playbooks name a queue: exactly one of the backends.
enum QueueArguments {
    static let backends = ["redis", "rabbitmq", "postgres", "spool", "http"]

    static let all: [ArgumentDeclaration] = [
        ArgumentDeclaration(
            "backend",
            .record([
                ArgumentDeclaration(
                    "redis",
                    .record(
                        RedisCommand.connection + [
                            ArgumentDeclaration("key", .text, isRequired: true, help: "a list, stream or set")
                        ]
                    ),
                    help: "a key of a Redis server"
                ),
                ArgumentDeclaration("rabbitmq", .record(rabbitmq), help: "a queue of RabbitMQ, by its management API"),
                ArgumentDeclaration("postgres", .record(postgres), help: "the rows of a PostgreSQL table"),
                ArgumentDeclaration(
                    "spool",
                    .record([
                        ArgumentDeclaration("folder", .path, isRequired: true, help: "the folder of files"),
                        ArgumentDeclaration(
                            "names",
                            .text,
                            standard: .text("*"),
                            help: "which files; * and ? as in a shell"
                        ),
                    ]),
                    help: "the files of a folder"
                ),
                ArgumentDeclaration(
                    "http",
                    .record(
                        ArgumentDeclaration.request + [
                            ArgumentDeclaration(
                                "length",
                                .url,
                                help: "answers how many entries are left: a number, or JSON"
                            ),
                            ArgumentDeclaration("field", .text, help: "the way to that number in the JSON"),
                        ]
                    ),
                    help: "an endpoint that makes its owner drain"
                ),
            ]),
            isRequired: true,
            help: "where the queue is: one of redis, rabbitmq, postgres, spool, http"
        ),
        ArgumentDeclaration(
            "mode",
            .choice(["quarantine", "drain", "purge"]),
            standard: .text("quarantine"),
            help: "set aside in a file, have it worked off, or delete"
        ),
        ArgumentDeclaration("lose_data", .flag, standard: .flag(false), help: "purge must say that data are lost"),
        ArgumentDeclaration(
            "most",
            .integer(1...10_000_000),
            standard: .integer(100_000),
            help: "so many entries at a time, the oldest first"
        ),
        ArgumentDeclaration("most_bytes", .size, standard: .size(1 << 30), help: "the quarantine file grows no larger"),
        ArgumentDeclaration("within", .duration, standard: .duration(.minutes(1)), help: "drain: how long to wait"),
        ArgumentDeclaration(
            "remaining",
            .integer(0...10_000_000),
            standard: .integer(0),
            help: "drain: so many entries may be left"
        ),
        ArgumentDeclaration(
            "ask",
            .record([
                ArgumentDeclaration("start", .unit, help: "start this unit, which works the queue off"),
                ArgumentDeclaration("reload", .unit, help: "reload this unit"),
                ArgumentDeclaration("request", .record(ArgumentDeclaration.request), help: "make this request"),
            ]),
            help: "drain: how the owner is asked; without it the queue is only watched"
        ),
    ]

    private static let rabbitmq: [ArgumentDeclaration] = [
        ArgumentDeclaration("url", .url, isRequired: true, help: "the management API: http://127.0.0.1:15672"),
        ArgumentDeclaration("vhost", .text, standard: .text("/"), help: "the virtual host"),
        ArgumentDeclaration("queue", .text, isRequired: true, help: "the queue"),
        ArgumentDeclaration("user", .text, standard: .text("guest"), help: "the user to log in as"),
        .passwordFile,
    ]

    private static let postgres: [ArgumentDeclaration] =
        ArgumentDeclaration.database + [
            ArgumentDeclaration("table", .text, isRequired: true, help: "the table, with its schema where needed"),
            ArgumentDeclaration("order", .text, isRequired: true, help: "the column that tells the oldest"),
        ]

    /// The backend's name and what is said of it; nil where none or more than one is there.
    static func backend(_ arguments: ActionArguments) -> (name: String, settings: ActionArguments)? {
        let members = arguments.record("backend")?.members ?? []
        guard members.count == 1, case .record(let settings) = members[0].value else { return nil }
        return (members[0].name, settings)
    }

    @Sendable static func permissions(_ arguments: ActionArguments) -> [Permission] {
        var permissions: [Permission] = [.action("queue.flush")]
        if let (name, settings) = backend(arguments) {
            permissions += Permission.path(settings.text("password_file"), .read)
            switch name {
            case "redis": permissions += Permission.address(settings.text("address"), standardPort: 6379)
            case "postgres":
                let address = settings.text("dsn").flatMap { try? PostgresAddress.address(ofDSN: $0) }
                permissions += address.map { [.address($0)] } ?? []
            case "spool":
                let access: Permission.Access = arguments.text("mode") == "drain" ? .read : .delete
                permissions += Permission.path(settings.text("folder"), access)
            default:
                permissions += Permission.address(ofURL: settings.text("url"))
                permissions += Permission.address(ofURL: settings.text("length"))
            }
        }
        if let ask = arguments.record("ask") {
            permissions += Permission.unit(ask.text("start")) + Permission.unit(ask.text("reload"))
            permissions += Permission.address(ofURL: ask.record("request")?.text("url"))
        }
        return permissions
    }

    static func words(_ arguments: ActionArguments) -> String {
        guard let (name, settings) = backend(arguments) else { return "(not known yet)" }
        return switch name {
        case "redis": "\(settings.words("key")) in Redis at \(settings.words("address"))"
        case "rabbitmq": "\(settings.words("queue")) of \(settings.words("vhost")) at \(settings.words("url"))"
        case "postgres": "the rows of \(settings.words("table"))"
        case "spool": "the files \(settings.words("names")) in \(settings.words("folder"))"
        default: "the queue behind \(settings.words("url"))"
        }
    }

    @Sendable static func complaints(_ arguments: ActionArguments) -> [ArgumentComplaint] {
        var complaints: [ArgumentComplaint] = []
        if let backend = arguments.record("backend"), backend.members.count != 1 {
            complaints.append(
                ArgumentComplaint(["backend"], "exactly one of \(backends.joined(separator: ", ")) must be given")
            )
        }
        let mode = arguments.text("mode")
        if mode == "purge", arguments.flag("lose_data") == false {
            complaints.append(
                ArgumentComplaint(
                    ["mode"],
                    "purge deletes for good: say 'lose_data: true' as well",
                    help: "or take quarantine, which loses nothing"
                )
            )
        }
        guard let (name, settings) = backend(arguments) else { return complaints }
        complaints += settingComplaints(name, settings).map {
            ArgumentComplaint(["backend", name] + $0.path, $0.message, help: $0.help)
        }
        if name == "http", mode != "drain" {
            complaints.append(
                ArgumentComplaint(["mode"], "behind HTTP a queue can only be drained", help: "say 'mode: drain'")
            )
        }
        return complaints
    }

    private static func settingComplaints(_ name: String, _ settings: ActionArguments) -> [ArgumentComplaint] {
        switch name {
        case "redis": Complaints.address("address", standardPort: 6379, in: settings)
        case "postgres": PostgresAddress.complaints(settings)
        case "spool":
            settings.text("names").map { $0.utf8.contains(UInt8(ascii: "/")) } == true
                ? [ArgumentComplaint(["names"], "names hold no slash")] : []
        default:
            Complaints.address(ofURL: "url", in: settings) + Complaints.address(ofURL: "length", in: settings)
        }
    }
}
