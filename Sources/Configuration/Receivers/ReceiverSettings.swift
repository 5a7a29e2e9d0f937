public import Alerting
import Metrics
public import YAML

/// Somebody who can be told, in one way or several.
public struct ReceiverSettings: Hashable, Sendable {
    public let name: String
    public let integrations: [IntegrationSettings]
    /// Who is told instead when an integration cannot be reached.
    public let fallback: Placed<String>?
    /// How hard each of the integrations is tried.
    public let policy: OutboxPolicy
    /// What notifications carry beside their words; nil where nobody says: everything, to services that take files.
    public let attachments: Set<AttachmentKind>?
    /// Where the name is written.
    public let range: Range<Int>

    /// What notifications by one of the integrations carry beside their words.
    public func attachments(for kind: IntegrationSettings.Kind) -> Set<AttachmentKind> {
        attachments ?? (kind.takesFiles ? Set(AttachmentKind.allCases) : [])
    }

    /// What the dispatcher must know of it.
    public var facts: ReceiverFacts {
        ReceiverFacts(
            name: name,
            integrations: integrations.map {
                IntegrationFacts(kind: $0.kind.name, index: $0.index, sendsResolved: $0.sendsResolved)
            },
            fallback: fallback?.value
        )
    }
}

/// One way of telling.
public struct IntegrationSettings: Hashable, Sendable {
    /// The kind of service, with what must be known to reach it and what to say.
    public enum Kind: Hashable, Sendable {
        case webhook(WebhookSettings)
        case slack(SlackSettings)
        case pagerduty(PagerDutySettings)
        case email(EmailSettings)
        case opsgenie(OpsgenieSettings)
        case victorops(VictorOpsSettings)
        case telegram(TelegramSettings)
        case discord(DiscordSettings)
        case msteams(TeamsSettings)
        case msteamsv2(TeamsSettings)
        case pushover(PushoverSettings)
        case webex(WebexSettings)
        case alertmanager(AlertmanagerSettings)
        case exec(ExecSettings)

        /// As group logs, metrics and the keys of the file (`slack_configs`) name it.
        public var name: String {
            switch self {
            case .webhook: "webhook"
            case .slack: "slack"
            case .pagerduty: "pagerduty"
            case .email: "email"
            case .opsgenie: "opsgenie"
            case .victorops: "victorops"
            case .telegram: "telegram"
            case .discord: "discord"
            case .msteams: "msteams"
            case .msteamsv2: "msteamsv2"
            case .pushover: "pushover"
            case .webex: "webex"
            case .alertmanager: "alertmanager"
            case .exec: "exec"
            }
        }
    }

    public let kind: Kind
    /// Counted within the receiver and kind.
    public let index: Int
    public let sendsResolved: Bool
}

extension Shape where Value == ReceiverSettings {
    /// An element of `receivers`.
    public static func receiver(_ defaults: NotificationDefaults) -> Shape<ReceiverSettings> {
        .structure("a receiver") { fields in
            let name = fields.required("name", Shape<String>.nonEmptyString.placed)
            let integrations = integrations(&fields, defaults)
            let fallback = fields.optional("fallback", Shape<String>.nonEmptyString.placed)
            let policy = fields.value("delivery", .delivery, default: OutboxPolicy())
            let attachments = fields.optional("attachments", .list(of: Shape<AttachmentKind>.choice))
            guard let name else { return nil }
            return ReceiverSettings(
                name: name.value,
                integrations: integrations,
                fallback: fallback,
                policy: policy,
                attachments: attachments.map { Set($0) },
                range: name.range
            )
        }
    }

    private static func integrations(
        _ fields: inout Fields,
        _ defaults: NotificationDefaults
    ) -> [IntegrationSettings] {
        typealias Kind = IntegrationSettings.Kind
        typealias Told = (kind: Kind, sendsResolved: Bool)
        let shapes: [(String, Shape<Told>)] = [
            ("webhook_configs", .webhook(defaults)), ("slack_configs", .slack(defaults)),
            ("pagerduty_configs", .pagerDuty(defaults)), ("email_configs", .email(defaults)),
            ("opsgenie_configs", .opsgenie(defaults)), ("victorops_configs", .victorOps(defaults)),
            ("telegram_configs", .telegram(defaults)), ("discord_configs", .discord(defaults)),
            ("msteams_configs", .teams(defaults)), ("msteamsv2_configs", .teamsFlows(defaults)),
            ("pushover_configs", .pushover(defaults)), ("webex_configs", .webex(defaults)),
            ("alertmanager_configs", .alertmanager(defaults)), ("exec_configs", .exec),
        ]
        var integrations: [IntegrationSettings] = []
        for (key, shape) in shapes {
            let list: [Told] = fields.value(key, .list(of: shape), default: [])
            integrations += list.enumerated().map { index, told in
                IntegrationSettings(kind: told.kind, index: index, sendsResolved: told.sendsResolved)
            }
        }
        let instead = "a webhook_configs or exec_configs entry can take its place"
        for kind in ["sns", "wechat", "jira", "rocketchat", "mattermost", "incidentio"] {
            fields.refuseUnsupported("\(kind)_configs", because: instead)
        }
        return integrations
    }
}

extension Shape where Value == OutboxPolicy {
    /// `delivery` of a receiver: how hard it is tried.
    static var delivery: Shape<OutboxPolicy> {
        .structure("how a receiver is tried") { fields in
            var policy = OutboxPolicy()
            policy.concurrency = fields.value("concurrency", .integer(in: 1...64), default: policy.concurrency)
            policy.perMinute = fields.optional("per_minute", .integer(in: 1...10_000))
            policy.giveUpAfter = fields.value("give_up_after", .alertingDuration, default: policy.giveUpAfter)
            return policy
        }
    }
}
