public import Playbooks
public import YAML

/// The section `actions`: what this host lets playbooks do. A second key beside the playbook's own.
public struct ActionSettings: Sendable, Hashable {
    /// The ceiling of the host: no playbook goes further by itself, whatever it says.
    public var mode = Playbook.Mode.auto
    /// Nothing, unless it is said.
    public var permits = Permits()

    public init() {}

    public static var shape: Shape<ActionSettings> {
        .structure("the settings of actions") { fields in
            var settings = ActionSettings()
            settings.mode = fields.value("mode", .choice, default: settings.mode)
            settings.permits = fields.value("permit", Permits.shape, default: settings.permits)
            return settings
        }
    }
}
