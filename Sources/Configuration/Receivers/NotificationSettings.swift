public import Alerting
import Metrics
public import YAML

/// All that the configuration says of telling: the keys of alertmanager.yml, and what medic adds to them.
public struct NotificationSettings: Sendable {
    public let alerting: AlertingSettings
    public let receivers: [ReceiverSettings]
    /// Globs of files with templates, as they are written.
    public let templates: [Placed<String>]

    public func receiver(_ name: String) -> ReceiverSettings? { receivers.first { $0.name == name } }

    /// How hard an integration is tried; nil where there is no such one.
    public func policy(of integration: IntegrationKey) -> OutboxPolicy? {
        guard let receiver = receiver(integration.receiver),
            receiver.integrations.contains(where: { $0.kind.name == integration.kind && $0.index == integration.index })
        else { return nil }
        return receiver.policy
    }

    /// Settings that tell nobody.
    public static let silent = NotificationSettings(alerting: .silent, receivers: [], templates: [])

    init(alerting: AlertingSettings, receivers: [ReceiverSettings], templates: [Placed<String>]) {
        self.alerting = alerting
        self.receivers = receivers
        self.templates = templates
    }

    /// Reads the keys `route`, `receivers`, `inhibit_rules`, `time_intervals`, `mute_time_intervals`, `templates` and
    /// `healing_notifications` among others of one mapping, for which no other file counts. Without a route and receivers nobody is told.
    public init?(_ fields: inout Fields, defaults: NotificationDefaults, zones: @escaping TimeZoneSource) {
        let written = WrittenNotifications(&fields, defaults: defaults, zones: zones)
        guard fields.isSound else { return nil }
        var composer = NotificationComposer()
        composer.add(written, fields.problems)
        composer.resolve(after: defaults.resolveTimeout)
        guard let settings = composer.finish() else { return nil }
        self = settings
    }
}

/// `healing_notifications` as it is written.
struct WrittenHealing: Sendable {
    var settings = HealingSettings()
    var receivers: [Placed<String>] = []
}

extension Shape where Value == WrittenHealing {
    static func healing(_ zones: @escaping TimeZoneSource) -> Shape<WrittenHealing> {
        .structure("what is told of healing") { fields in
            let healed = fields.value("healed", .choice, default: HealingSettings.Healed.message)
            let escalation = fields.optional("escalate_to", Shape<String>.nonEmptyString.placed)
            let digest = fields.optional("digest", .digest(zones))
            if healed == .digest, digest == nil, fields.isSound {
                fields.refuse(
                    "config/incomplete-receiver",
                    "heals are to be told in a digest, and nothing says to whom",
                    at: "healed",
                    help: "digest: {receiver: NAME, at: '08:00', location: Europe/Berlin}"
                )
            }
            var written = WrittenHealing()
            written.settings = HealingSettings(healed: healed, escalation: escalation?.value, digest: digest?.settings)
            written.receivers = [escalation, digest?.receiver].compactMap { $0 }
            return written
        }
    }
}

/// `digest` as it is written.
struct WrittenDigest: Sendable {
    let settings: HealingSettings.Digest
    let receiver: Placed<String>
}

extension Shape where Value == WrittenDigest {
    static func digest(_ zones: @escaping TimeZoneSource) -> Shape<WrittenDigest> {
        .structure("when and to whom a digest goes") { fields in
            let receiver = fields.required("receiver", Shape<String>.nonEmptyString.placed)
            let minute = fields.value("at", .timeOfDay, default: 8 * 60)
            let location = fields.optional("location", .location(zones))
            guard let receiver else { return nil }
            let digest = HealingSettings.Digest(receiver: receiver.value, minute: minute, location: location)
            return WrittenDigest(settings: digest, receiver: receiver)
        }
    }
}
