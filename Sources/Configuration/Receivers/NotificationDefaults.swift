import Alerting
public import HTTPSettings
public import Metrics
public import Secrets
public import YAML

/// What `global` of alertmanager.yml says: what holds for receivers that say nothing else.
public struct NotificationDefaults: Hashable, Sendable {
    public var resolveTimeout = Milliseconds.minutes(5)
    public var http = HTTPClientSettings()
    public var mail = MailDefaults()
    public var slackURL: Secret?
    public var pagerDutyURL = "https://events.pagerduty.com/v2/enqueue"
    public var opsgenieURL = "https://api.opsgenie.com/"
    public var opsgenieKey: Secret?
    public var victorOpsURL = "https://alert.victorops.com/integrations/generic/20131114/alert/"
    public var victorOpsKey: Secret?
    public var telegramURL = "https://api.telegram.org"
    public var telegramToken: Secret?
    public var webexURL = "https://webexapis.com/v1/messages"

    /// What holds without a `global`.
    public init() {}

    /// Reads the keys of `global` that are Alertmanager's, among those that are Prometheus's.
    public init(_ fields: inout Fields) {
        self.init()
        resolveTimeout = fields.value("resolve_timeout", .alertingDuration, default: resolveTimeout)
        http = fields.value("http_config", .httpClientSettings, default: http)
        mail = MailDefaults(&fields)
        slackURL = fields.optionalSecretURL("slack_api_url", of: "global")
        pagerDutyURL = fields.url("pagerduty_url", default: pagerDutyURL)
        opsgenieURL = fields.url("opsgenie_api_url", default: opsgenieURL)
        opsgenieKey = fields.secret("opsgenie_api_key", orFile: "opsgenie_api_key_file", of: "global")
        victorOpsURL = fields.url("victorops_api_url", default: victorOpsURL)
        victorOpsKey = fields.secret("victorops_api_key", orFile: "victorops_api_key_file", of: "global")
        telegramURL = fields.url("telegram_api_url", default: telegramURL)
        telegramToken = fields.secret("telegram_bot_token", orFile: "telegram_bot_token_file", of: "global")
        webexURL = fields.url("webex_api_url", default: webexURL)
        for key in Self.unsupported {
            fields.refuseUnsupported(
                key,
                because: "it has no such receiver; a webhook or exec receiver can take its place"
            )
        }
    }

    private static let unsupported = [
        "wechat_api_url", "wechat_api_secret", "wechat_api_secret_file", "wechat_api_corp_id", "jira_api_url",
        "rocketchat_api_url", "rocketchat_token", "rocketchat_token_file", "rocketchat_token_id",
        "rocketchat_token_id_file", "mattermost_webhook_url", "mattermost_webhook_url_file", "slack_app_token",
        "slack_app_token_file", "slack_app_url",
    ]
}

/// The `smtp_*` keys of `global`.
public struct MailDefaults: Hashable, Sendable {
    public var from: String?
    public var hello = "localhost"
    public var smarthost: String?
    public var username = ""
    public var password: Secret?
    public var secret: Secret?
    public var identity = ""
    public var requiresTLS = true
    /// Nil where the port tells.
    public var forcesImplicitTLS: Bool?
    public var tls = TLSSettings()

    public init() {}

    init(_ fields: inout Fields) {
        self.init()
        from = fields.optional("smtp_from", .nonEmptyString)
        hello = fields.value("smtp_hello", .nonEmptyString, default: hello)
        smarthost = fields.optional("smtp_smarthost", .hostAndPort)
        username = fields.value("smtp_auth_username", .string, default: "")
        password = fields.secret("smtp_auth_password", orFile: "smtp_auth_password_file", of: "global")
        secret = fields.secret("smtp_auth_secret", orFile: "smtp_auth_secret_file", of: "global")
        identity = fields.value("smtp_auth_identity", .string, default: "")
        requiresTLS = fields.value("smtp_require_tls", .boolean, default: true)
        forcesImplicitTLS = fields.optional("smtp_force_implicit_tls", .boolean)
        tls = fields.value("smtp_tls_config", .tlsSettings, default: tls)
    }
}
