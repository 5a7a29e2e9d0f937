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

    /// How hard an integration is tried.
    public func policy(of integration: IntegrationKey) -> OutboxPolicy {
        receiver(integration.receiver)?.policy ?? OutboxPolicy()
    }

    /// Reads the keys `route`, `receivers`, `inhibit_rules`, `time_intervals`, `mute_time_intervals`, `templates` and
    /// `healing_notifications` among others of the same mapping. A file without a route and without receivers tells nobody.
    public init?(_ fields: inout Fields, defaults: NotificationDefaults, zones: @escaping TimeZoneSource) {
        let route = fields.optional("route", .route)
        let receivers = fields.optional("receivers", .list(of: .receiver(defaults)))
        let rules = fields.value("inhibit_rules", .list(of: .inhibitRule), default: [])
        let intervals =
            fields.value("mute_time_intervals", .list(of: .namedTimeInterval(zones: zones)), default: [])
            + fields.value("time_intervals", .list(of: .namedTimeInterval(zones: zones)), default: [])
        let healing = fields.value("healing_notifications", .healing(zones), default: WrittenHealing())
        templates = fields.value("templates", .list(of: Shape<String>.nonEmptyString.placed), default: [])
        self.receivers = receivers ?? []
        guard fields.isSound else { return nil }
        let names = Set(self.receivers.map(\.name))
        Self.refuseRepeated(self.receivers.map { Placed($0.name, range: $0.range) }, "receiver", &fields)
        Self.refuseRepeated(intervals.map { Placed($0.value.name, range: $0.range) }, "time interval", &fields)
        for name in self.receivers.compactMap(\.fallback) + healing.receivers where !names.contains(name.value) {
            let message = "undefined receiver \(Labels.quoted(name.value))"
            fields.refuse("config/unknown-receiver", message, at: name.range)
        }
        guard let route else {
            guard self.receivers.isEmpty else {
                let message = "no route provided in config"
                fields.refuse("config/bad-route", message, at: "receivers", help: "route: {receiver: NAME}")
                return nil
            }
            alerting = .silent
            return
        }
        let tree = RouteTree(
            route,
            receivers: names,
            intervals: Set(intervals.map(\.value.name)),
            problems: fields.problems
        )
        guard let tree, fields.isSound else { return nil }
        alerting = AlertingSettings(
            routes: tree,
            receivers: self.receivers.map(\.facts),
            inhibitRules: rules,
            intervals: intervals.map(\.value),
            resolveTimeout: defaults.resolveTimeout,
            healing: healing.settings
        )
    }

    private static func refuseRepeated(_ names: [Placed<String>], _ what: String, _ fields: inout Fields) {
        var seen: Set<[UInt8]> = []
        for name in names where !seen.insert(Array(name.value.utf8)).inserted {
            let message = "the name of the \(what) \(Labels.quoted(name.value)) is not unique"
            fields.refuse("config/repeated-name", message, at: name.range, help: "give each \(what) a name of its own")
        }
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
