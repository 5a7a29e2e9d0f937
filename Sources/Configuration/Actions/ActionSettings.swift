public import Playbooks
import Rules
public import YAML

/// The section `actions`: what this host lets playbooks do. A second key beside the playbook's own.
public struct ActionSettings: Sendable, Hashable {
    /// What holds for every playbook of the host, whatever it says itself.
    public var healing = HealingSettings()
    /// Nothing, unless it is said.
    public var permits = Permits()

    public init() {}

    public static var shape: Shape<ActionSettings> {
        .structure("the settings of actions") { fields in
            var settings = ActionSettings()
            var healing = settings.healing
            healing.ceiling = fields.value("mode", .choice, default: healing.ceiling)
            healing.hostLimit = fields.value("limit", .limit(healing.hostLimit), default: healing.hostLimit)
            healing.bootGrace = fields.value("boot_grace", .milliseconds, default: healing.bootGrace)
            healing.storm = fields.value("storm", .storm, default: healing.storm)
            healing.approvalExpires = fields.value("approval_expires", .positiveSpan, default: healing.approvalExpires)
            healing.protectedUnits += fields.value("protect", .list(of: .nonEmptyString), default: [])
            settings.healing = healing
            settings.permits = fields.value("permit", Permits.shape, default: settings.permits)
            return settings
        }
    }
}

extension Shape where Value == HealingSettings.StormTerms {
    static var storm: Shape<HealingSettings.StormTerms> {
        .structure("when so many are ill that nothing more is begun") { fields in
            var terms = HealingSettings.StormTerms()
            terms.subjects = fields.value("subjects", .integer(in: 1...1_000_000), default: terms.subjects)
            terms.share = fields.value("share", .integer(in: 1...100), default: terms.share)
            terms.within = fields.value("within", .positiveSpan, default: terms.within)
            return terms
        }
    }
}
