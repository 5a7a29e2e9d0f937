public import Metrics
public import Secrets
public import YAML

/// A PostgreSQL server that is looked at.
public struct PostgresCollectorSettings: Sendable, Hashable {
    public var name: String
    /// A name, an address, or the folder of a unix socket.
    public var host = "/var/run/postgresql"
    public var port = 5_432
    public var user: String?
    public var password: Secret?
    public var database = "postgres"
    /// `disable`, `prefer`, `require`, `verify-full` ..., as libpq has it; nil: libpq's own choice.
    public var tlsMode: String?
    public var basics = CollectorBasics()
    public var timeout = Milliseconds.seconds(5)
    /// What the operator wants to know beside.
    public var queries: [PostgresQuery] = []

    static let queriesMax = 100

    public init(name: String) { self.name = name }

    /// What the series call the server.
    public var place: String { "\(host):\(port)" }

    public static var shape: Shape<PostgresCollectorSettings> {
        .structure("a PostgreSQL server") { fields in
            let name = fields.value("name", .nonEmptyString, default: "postgres")
            var settings = PostgresCollectorSettings(name: name)
            settings.host = fields.value("host", .nonEmptyString, default: settings.host)
            settings.port = fields.value("port", .integer(in: 1...65_535), default: settings.port)
            settings.user = fields.optional("username", .nonEmptyString)
            settings.password = fields.secret("password", orFile: "password_file", of: "postgres")
            settings.database = fields.value("database", .nonEmptyString, default: settings.database)
            settings.tlsMode = fields.optional("sslmode", .nonEmptyString)
            settings.basics = CollectorBasics.read(&fields)
            settings.timeout = fields.collectorTimeout(settings.basics)
            settings.queries = fields.value("queries", PostgresQuery.list(within: settings.timeout), default: [])
            return settings
        }
    }
}
