import YAML

/// What a notification may carry beside its words.
public enum AttachmentKind: String, Hashable, Sendable, CaseIterable {
    /// What the alert's expression did during the last hour, drawn.
    case sparkline
    /// The last lines of the journal of the alert's unit.
    case journal
    /// What changed lately in the tracked files of that unit.
    case config
    /// What the run kept that treated the alert.
    case evidence
}

extension IntegrationSettings.Kind {
    /// Whether the service takes files. To the others they are known only in templates.
    public var takesFiles: Bool {
        switch self {
        case .email, .discord, .telegram: true
        case .webhook, .slack, .pagerduty, .opsgenie, .victorops, .msteams, .msteamsv2, .pushover, .webex,
            .alertmanager,
            .exec:
            false
        }
    }
}
