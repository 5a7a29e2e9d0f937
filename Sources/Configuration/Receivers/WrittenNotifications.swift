import Alerting
import Metrics
import YAML

/// What one file says of telling, before the names in it are looked up: they may be those of another file.
struct WrittenNotifications {
    var route: Placed<WrittenRoute>?
    var receivers: [ReceiverSettings] = []
    var inhibitRules: [InhibitRule] = []
    var intervals: [Placed<NamedTimeInterval>] = []
    var healing: Placed<WrittenHealing>?
    var templates: [Placed<String>] = []

    init() {}

    init(_ fields: inout Fields, defaults: NotificationDefaults, zones: @escaping TimeZoneSource) {
        route = fields.optional("route", Shape<WrittenRoute>.route.placed)
        receivers = fields.value("receivers", .list(of: .receiver(defaults)), default: [])
        inhibitRules = fields.value("inhibit_rules", .list(of: .inhibitRule), default: [])
        intervals =
            fields.value("mute_time_intervals", .list(of: .namedTimeInterval(zones: zones)), default: [])
            + fields.value("time_intervals", .list(of: .namedTimeInterval(zones: zones)), default: [])
        healing = fields.optional("healing_notifications", Shape<WrittenHealing>.healing(zones).placed)
        templates = fields.value("templates", .list(of: Shape<String>.nonEmptyString.placed), default: [])
    }
}

/// Puts together what the files say of telling, and looks up the names by which they refer to each other.
struct NotificationComposer {
    /// Something with the file that says so.
    private struct Said<Value> {
        let value: Value
        let problems: Problems
    }

    private var route: Said<Placed<WrittenRoute>>?
    private var receivers: [Said<ReceiverSettings>] = []
    private var inhibitRules: [InhibitRule] = []
    private var intervals: [Said<Placed<NamedTimeInterval>>] = []
    private var healing: Said<Placed<WrittenHealing>>?
    private var templates: [Placed<String>] = []
    private var resolveTimeout = NotificationDefaults().resolveTimeout

    /// Takes in a file. Sections of which there can be only one must not have been given before.
    mutating func add(_ written: WrittenNotifications, _ problems: Problems) {
        if let given = written.route { route = Said(value: given, problems: problems) }
        if let given = written.healing { healing = Said(value: given, problems: problems) }
        receivers += written.receivers.map { Said(value: $0, problems: problems) }
        intervals += written.intervals.map { Said(value: $0, problems: problems) }
        inhibitRules += written.inhibitRules
        templates += written.templates
    }

    mutating func resolve(after timeout: Milliseconds) { resolveTimeout = timeout }

    /// What holds; nil where names are wrong, each of which is told in the file that has it.
    func finish() -> NotificationSettings? {
        let names = Set(receivers.map(\.value.name))
        let isSound = refuseRepeated() && refuseUnknown(names)
        guard let route else {
            guard let first = receivers.first else { return isSound ? .silent : nil }
            first.problems.error(
                "config/bad-route",
                "no route provided in config",
                at: first.value.range,
                help: "route: {receiver: \(first.value.name)}"
            )
            return nil
        }
        let before = route.problems.count
        let tree = RouteTree(
            route.value.value,
            receivers: names,
            intervals: Set(intervals.map(\.value.value.name)),
            problems: route.problems
        )
        guard let tree, isSound, route.problems.count == before else { return nil }
        return NotificationSettings(
            alerting: AlertingSettings(
                routes: tree,
                receivers: receivers.map(\.value.facts),
                inhibitRules: inhibitRules,
                intervals: intervals.map(\.value.value),
                resolveTimeout: resolveTimeout,
                healing: healing?.value.value.settings ?? HealingSettings()
            ),
            receivers: receivers.map(\.value),
            templates: templates
        )
    }

    private func refuseRepeated() -> Bool {
        let ofReceivers = receivers.map { (Placed($0.value.name, range: $0.value.range), $0.problems) }
        let ofIntervals = intervals.map { (Placed($0.value.value.name, range: $0.value.range), $0.problems) }
        let isUnique = areUnique(ofReceivers, "receiver")
        return areUnique(ofIntervals, "time interval") && isUnique
    }

    private func areUnique(_ names: [(name: Placed<String>, problems: Problems)], _ what: String) -> Bool {
        var seen: Set<[UInt8]> = []
        var areUnique = true
        for (name, problems) in names where !seen.insert(Array(name.value.utf8)).inserted {
            let message = "the name of the \(what) \(Labels.quoted(name.value)) is not unique"
            let help = "give each \(what) a name of its own"
            problems.error("config/repeated-name", message, at: name.range, help: help)
            areUnique = false
        }
        return areUnique
    }

    private func refuseUnknown(_ names: Set<String>) -> Bool {
        var mentions = receivers.compactMap { said in said.value.fallback.map { ($0, said.problems) } }
        if let healing { mentions += healing.value.value.receivers.map { ($0, healing.problems) } }
        var areKnown = true
        for (name, problems) in mentions where !names.contains(name.value) {
            let message = "undefined receiver \(Labels.quoted(name.value))"
            problems.error("config/unknown-receiver", message, at: name.range)
            areKnown = false
        }
        return areKnown
    }
}
