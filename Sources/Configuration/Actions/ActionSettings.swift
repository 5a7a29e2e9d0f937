public import Playbooks
public import YAML

/// What playbooks may do on this host, whatever they say themselves.
public struct ActionSettings: Sendable, Hashable {
    /// The most that any playbook may do: the lower of this and its own mode wins.
    public var mode = Playbook.Mode.auto
    /// What may be done at all. Nothing, unless it is said.
    public var permits = Permits()

    public init() {}

    public static var shape: Shape<ActionSettings> {
        .structure("what actions may do") { fields in
            var settings = ActionSettings()
            settings.mode = fields.value("mode", .choice, default: settings.mode)
            settings.permits = fields.value("permit", Permits.shape, default: settings.permits)
            return settings
        }
    }
}
