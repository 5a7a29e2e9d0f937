import Diagnostics
import Metrics
import Testing
import YAML

@testable import Alerting

/// A dispatcher with a clock that the test moves, and receivers that take what they are sent unless told otherwise.
struct Stage {
    var dispatcher: Dispatcher
    var now: Timestamp
    /// What was sent: `12 team/webhook/0 firing A,B(ok)`, at seconds since the start.
    var sent: [String] = []
    var notifications: [Notification] = []
    var trail: [TrailEntry] = []
    var saved: [SavedChange] = []
    var superseded: [String] = []
    /// What becomes of a notification; nil leaves it on its way.
    var outcome: (Notification) -> DeliveryOutcome? = { _ in .told }

    static let start = Timestamp(milliseconds: 1_783_641_600_000)

    init(_ settings: AlertingSettings, saved: SavedAlerting = SavedAlerting(), at now: Timestamp = start) {
        self.now = now
        dispatcher = Dispatcher(settings, restoring: saved, at: now)
    }

    /// Settings from a route; receivers are all that are named, each with one webhook.
    static func settings(
        _ route: String,
        inhibit: [InhibitRule] = [],
        intervals: [NamedTimeInterval] = [],
        receivers: [ReceiverFacts] = []
    ) throws -> AlertingSettings {
        let source = SourceText(text: route)
        let problems = Problems(in: source)
        let written = try #require(YAMLDocument(source, problems: problems)?.decode(.route, problems: problems))
        let names = ["team", "db", "oncall", "boss", "chat"]
        let tree = try #require(
            RouteTree(
                written,
                receivers: Set(names + receivers.map(\.name)),
                intervals: Set(intervals.map(\.name)),
                problems: problems
            ),
            "\(problems.diagnostics)"
        )
        let facts =
            receivers
            + names.map { name in
                let isQuiet = name == "chat"
                return ReceiverFacts(
                    name: name,
                    integrations: [IntegrationFacts(kind: "webhook", index: 0, sendsResolved: !isQuiet)]
                )
            }
        return AlertingSettings(routes: tree, receivers: facts, inhibitRules: inhibit, intervals: intervals)
    }

    var seconds: Int64 { (now - Self.start).rawValue / 1000 }

    mutating func handle(_ event: DispatchEvent) {
        perform(dispatcher.handle(event, at: now))
    }

    mutating func perform(_ effects: [DispatchEffect]) {
        var outcomes: [(String, DeliveryOutcome)] = []
        for effect in effects {
            switch effect {
            case .save(let change): saved.append(change)
            case .trail(let entry): trail.append(entry)
            case .enqueue(let notification, let old):
                if let old { superseded.append(old) }
                notifications.append(notification)
                sent.append(line(notification))
                if let outcome = outcome(notification) { outcomes.append((notification.id, outcome)) }
            }
        }
        for (id, outcome) in outcomes { handle(.delivered(notification: id, outcome)) }
    }

    private func line(_ notification: Notification) -> String {
        let alerts = notification.alerts.map { alert in
            let name = alert.labels["name"] ?? alert.labels["alertname"] ?? "?"
            let healing = alert.healing.map { "+\($0.occasion.rawValue)" } ?? ""
            return name + (alert.endsAt == nil ? "" : "(ok)") + healing
        }
        let receiver = notification.integration.receiver
        return
            "\(seconds) \(receiver) \(notification.isFiring ? "firing" : "resolved") \(alerts.joined(separator: ","))"
    }

    /// Lets time pass, waking the dispatcher whenever it wants.
    mutating func run(until second: Int64) {
        let end = Self.start + .seconds(second)
        while let wake = dispatcher.nextWake, wake <= end {
            now = max(now, wake)
            handle(.tick)
        }
        now = end
    }

    static func labels(_ name: String, _ more: KeyValuePairs<String, String> = [:]) -> Labels {
        Labels([Label("alertname", "Down"), Label("name", name)] + more.map { Label($0.key, $0.value) })
    }

    mutating func fire(_ name: String, _ more: KeyValuePairs<String, String> = [:], origin: ReceivedAlert.Origin = .own)
    {
        handle(.alerts([AlertUpdate(labels: Self.labels(name, more), startsAt: now, origin: origin)]))
    }

    mutating func resolve(_ name: String, _ more: KeyValuePairs<String, String> = [:]) {
        handle(.alerts([AlertUpdate(labels: Self.labels(name, more), startsAt: Self.start, endsAt: now)]))
    }

    /// The verdicts of the paper trail on an alert, in order.
    func verdicts(_ name: String, _ more: KeyValuePairs<String, String> = [:]) -> [TrailEntry.Verdict] {
        let fingerprint = Fingerprint(Self.labels(name, more))
        return trail.filter { $0.fingerprint == fingerprint }.map(\.verdict)
    }
}
