public import YAML

/// How much the agent says of what it does, and where.
public struct LogSettings: Sendable, Hashable {
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case debug
        case info
        case warning
        case error
    }

    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// To the journal where the service manager connected the agent to it, else text on standard error.
        case automatic = "auto"
        case text
        case json
        case journal
    }

    public var level = Level.info
    public var format = Format.automatic

    public init() {}

    public static var shape: Shape<LogSettings> {
        .structure("log settings") { fields in
            var settings = LogSettings()
            settings.level = fields.value("level", .choice, default: settings.level)
            settings.format = fields.value("format", .choice, default: settings.format)
            return settings
        }
    }
}
