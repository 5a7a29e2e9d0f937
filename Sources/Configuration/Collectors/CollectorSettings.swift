public import YAML

/// What medic looks at by itself. What is not named is not looked at.
public struct CollectorSettings: Sendable, Hashable {
    /// The machine itself.
    public var host: HostCollectorSettings?
    /// The entries of the journal, counted.
    public var journal: JournalCollectorSettings?
    /// The units of systemd, told by its signals.
    public var systemd: SystemdCollectorSettings?

    /// Services, from outside.
    public var probes: [ProbeSettings] = []
    /// Databases.
    public var redis: [RedisCollectorSettings] = []
    public var postgres: [PostgresCollectorSettings] = []
    /// Brokers.
    public var rabbitmq: [RabbitMQCollectorSettings] = []

    public init() {}

    /// What an agent without a configuration looks at.
    public static var standard: CollectorSettings {
        var settings = CollectorSettings()
        settings.host = HostCollectorSettings()
        settings.systemd = SystemdCollectorSettings()
        return settings
    }

    public static var shape: Shape<CollectorSettings> {
        .structure("collectors") { fields in
            var settings = CollectorSettings()
            settings.host = fields.collector("host", HostCollectorSettings.shape, HostCollectorSettings())
            settings.journal = fields.collector("journal", JournalCollectorSettings.shape, JournalCollectorSettings())
            settings.systemd = fields.collector("systemd", SystemdCollectorSettings.shape, SystemdCollectorSettings())
            settings.probes = fields.value("probes", ProbeSettings.list, default: [])
            settings.redis = fields.servers("redis", RedisCollectorSettings.shape) { $0.name }
            settings.postgres = fields.servers("postgres", PostgresCollectorSettings.shape) { $0.name }
            settings.rabbitmq = fields.servers("rabbitmq", RabbitMQCollectorSettings.shape) { $0.name }
            return settings
        }
    }
}

extension Fields {
    /// A collector is switched on by its key; without anything behind it, it does what it does by default.
    mutating func collector<Value>(_ key: String, _ shape: Shape<Value>, _ standard: Value) -> Value? {
        guard let entry = entry(key) else { return nil }
        return entry.value.isNull ? standard : optional(key, shape)
    }
}
