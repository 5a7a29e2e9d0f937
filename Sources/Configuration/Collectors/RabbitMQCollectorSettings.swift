public import HTTPSettings
public import Metrics
import Secrets
public import YAML

/// A RabbitMQ broker that is looked at through the API of its management plugin.
public struct RabbitMQCollectorSettings: Sendable, Hashable {
    public var name: String
    /// Of the management plugin, without a path unless it has a prefix.
    public var url = "http://127.0.0.1:15672"
    /// How it is reached, and as whom.
    public var client = HTTPClientSettings()
    /// Queues whose whole names match have series.
    public var include = ".+"
    public var exclude = ""
    /// Further queues have none, and it is said how many they are.
    public var maxQueues = 1_000
    public var basics = CollectorBasics()
    public var timeout = Milliseconds.seconds(5)

    /// Whom a broker knows that was just installed, from its own host only.
    private static let guest = HTTPCredentials.basic(username: Secret("guest"), password: Secret("guest"))

    public init(name: String) {
        self.name = name
        client.credentials = Self.guest
    }

    public static var shape: Shape<RabbitMQCollectorSettings> {
        .structure("a RabbitMQ broker") { fields in
            var settings = RabbitMQCollectorSettings(name: fields.value("name", .nonEmptyString, default: "rabbitmq"))
            settings.url = fields.value("url", .httpURL, default: settings.url)
            settings.client = HTTPClientSettings(&fields)
            if settings.client.credentials == .none { settings.client.credentials = guest }
            settings.include = fields.value("include", .wholePattern, default: settings.include)
            settings.exclude = fields.value("exclude", .wholePattern, default: settings.exclude)
            settings.maxQueues = fields.value("max_queues", .integer(in: 1...100_000), default: settings.maxQueues)
            settings.basics = CollectorBasics.read(&fields)
            settings.timeout = fields.collectorTimeout(settings.basics)
            return settings
        }
    }
}
