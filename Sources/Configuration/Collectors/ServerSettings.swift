public import Metrics
public import Secrets
public import YAML

/// A Redis server that is looked at.
public struct RedisCollectorSettings: Sendable, Hashable {
    public var name: String
    public var host = "127.0.0.1"
    public var port = 6_379
    /// A unix socket instead of host and port.
    public var unixSocket: String?
    public var user: String?
    public var password: Secret?
    public var database = 0
    /// Keys whose length is a series: lists, streams, sets, hashes.
    public var keys: [String] = []
    public var basics = CollectorBasics()
    public var timeout = Milliseconds.seconds(5)

    static let keysMax = 1_000

    public init(name: String) { self.name = name }

    /// What the series call the server.
    public var place: String { unixSocket ?? "\(host):\(port)" }

    public static var shape: Shape<RedisCollectorSettings> {
        .structure("a Redis server") { fields in
            let name = fields.value("name", .nonEmptyString, default: "redis")
            var settings = RedisCollectorSettings(name: name)
            settings.host = fields.value("host", .nonEmptyString, default: settings.host)
            settings.port = fields.value("port", .integer(in: 1...65_535), default: settings.port)
            settings.unixSocket = fields.optional("unix_socket", .nonEmptyString)
            settings.user = fields.optional("username", .nonEmptyString)
            settings.password = fields.secret("password", orFile: "password_file", of: "redis")
            settings.database = fields.value("database", .integer(in: 0...65_535), default: 0)
            settings.keys = fields.value("keys", .list(of: .nonEmptyString), default: [])
            if settings.keys.count > keysMax {
                fields.refuse("yaml/bad-value", "more than \(keysMax) keys", at: "keys")
            }
            settings.basics = CollectorBasics.read(&fields)
            settings.timeout = fields.collectorTimeout(settings.basics)
            return settings
        }
    }
}

extension Fields {
    /// `timeout`: five seconds unless given, and no longer than the interval.
    mutating func collectorTimeout(_ basics: CollectorBasics) -> Milliseconds {
        let standard = Swift.min(Milliseconds.seconds(5), basics.interval)
        let timeout = value("timeout", .collectorInterval, default: standard)
        if timeout > basics.interval {
            refuse("yaml/bad-value", "the timeout is longer than the interval", at: "timeout")
        }
        return timeout
    }

    /// Servers of one kind under their key, each with a name of its own.
    mutating func servers<Server: Sendable>(
        _ key: String,
        _ shape: Shape<Server>,
        name: @escaping @Sendable (Server) -> String
    ) -> [Server] {
        let list = Shape<[Server]>("a list of servers") { node, problems in
            guard let servers = Shape<[Placed<Server>]>.list(of: shape.placed).decode(node, problems) else {
                return nil
            }
            var names: Set<String> = []
            for server in servers where !names.insert(name(server.value)).inserted {
                problems.error("yaml/bad-value", "two of them are named '\(name(server.value))'", at: server.range)
                return nil
            }
            return servers.map(\.value)
        }
        return value(key, list, default: [])
    }
}
