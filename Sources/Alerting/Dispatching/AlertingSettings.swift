public import Metrics

/// What the configuration says of telling.
public struct AlertingSettings: Sendable {
    public var routes: RouteTree
    public var receivers: [String: ReceiverFacts]
    public var inhibitRules: [InhibitRule]
    public var intervals: [String: NamedTimeInterval]
    /// When an alert from outside is taken for over if nobody says so.
    public var resolveTimeout: Milliseconds
    public var healing: HealingSettings
    public var limits: AlertingLimits

    public init(
        routes: RouteTree,
        receivers: [ReceiverFacts],
        inhibitRules: [InhibitRule] = [],
        intervals: [NamedTimeInterval] = [],
        resolveTimeout: Milliseconds = .minutes(5),
        healing: HealingSettings = HealingSettings(),
        limits: AlertingLimits = AlertingLimits()
    ) {
        self.routes = routes
        self.receivers = Dictionary(receivers.map { ($0.name, $0) }) { first, _ in first }
        self.inhibitRules = inhibitRules
        self.intervals = Dictionary(intervals.map { ($0.name, $0) }) { first, _ in first }
        self.resolveTimeout = resolveTimeout
        self.healing = healing
        self.limits = limits
    }

    /// Settings that tell nobody.
    public static let silent = AlertingSettings(
        routes: RouteTree(root: RouteOptions(receiver: "nobody")),
        receivers: [ReceiverFacts(name: "nobody", integrations: [])]
    )
}

/// What is told of healing.
public struct HealingSettings: Hashable, Sendable {
    /// What becomes of a heal.
    public enum Healed: String, Hashable, Sendable, CaseIterable {
        /// Told at once, as one message.
        case message
        /// Collected and told once a day.
        case digest
        /// Only kept in the history.
        case nothing
    }

    public struct Digest: Hashable, Sendable {
        public let receiver: String
        /// The minute of the day at which it is sent.
        public let minute: Int
        public let location: TimeInterval.Location?

        public init(receiver: String, minute: Int, location: TimeInterval.Location? = nil) {
            self.receiver = receiver
            self.minute = minute
            self.location = location
        }

        /// The first time it is due after a moment.
        func next(after now: Timestamp) -> Timestamp {
            let seconds = now.rawValue.floorDivided(by: 1000)
            let offset = Int64(location?.rules.offset(at: seconds).seconds ?? 0)
            let today = (seconds + offset).floorDivided(by: 86_400) * 86_400 - offset + Int64(minute * 60)
            return Timestamp(milliseconds: (today > seconds ? today : today + 86_400) * 1000)
        }
    }

    public var healed: Healed
    /// Whom an escalation goes to, beside the alert's own routes, where the playbook names nobody.
    public var escalation: String?
    public var digest: Digest?

    public init(healed: Healed = .message, escalation: String? = nil, digest: Digest? = nil) {
        self.healed = healed
        self.escalation = escalation
        self.digest = digest
    }
}

/// How much the dispatcher keeps. What is beyond is refused, and counted.
public struct AlertingLimits: Hashable, Sendable {
    public var alerts: Int
    public var groups: Int
    public var silences: Int
    public var digestEntries: Int

    public init(alerts: Int = 100_000, groups: Int = 50_000, silences: Int = 10_000, digestEntries: Int = 1_000) {
        self.alerts = alerts
        self.groups = groups
        self.silences = silences
        self.digestEntries = digestEntries
    }
}
