/// The keys of a section of alertmanager.yml in the order in which Alertmanager shows them, and what it shows where they are not given.
enum AlertmanagerForm {
    indirect enum Kind: Sendable {
        /// A text, a number or a yes or no, as it is written.
        case scalar
        case duration
        /// An address of which only the host is shown.
        case address
        case texts
        /// A list on one line.
        case row
        case matchers
        /// Names and texts, sorted, with those that are there anyway.
        case pairs([(String, String)])
        /// The headers of a mail, among which are always its sender and its recipients.
        case headers
        case section([Member])
        case list([Member])
    }

    struct Member: Sendable {
        let key: String
        let kind: Kind
        /// What is shown where the key is missing; nil for nothing.
        let standard: Standard?
    }

    enum Standard: Sendable {
        case text(String)
        case literal(String)
        /// What `global` says, under this key.
        case global(String)
    }

    private static func key(_ key: String, _ kind: Kind = .scalar) -> Member {
        Member(key: key, kind: kind, standard: nil)
    }

    private static func key(_ key: String, _ literal: String, _ kind: Kind = .scalar) -> Member {
        Member(key: key, kind: kind, standard: .literal(literal))
    }

    private static func key(_ key: String, template: String) -> Member {
        Member(key: key, kind: .scalar, standard: .text("{{ template \"\(template)\" . }}"))
    }

    private static func key(_ key: String, text: String) -> Member {
        Member(key: key, kind: .scalar, standard: .text(text))
    }

    private static func key(_ key: String, global: String, _ kind: Kind = .scalar) -> Member {
        Member(key: key, kind: kind, standard: .global(global))
    }

    private static func keys(_ names: String) -> [Member] { names.split(separator: " ").map { key(String($0)) } }

    // MARK: HTTP

    private static let tls: [Member] =
        keys("ca_file cert_file key_file server_name") + [key("insecure_skip_verify", "false")]

    private static let http: [Member] =
        [
            key("basic_auth", .section(keys("username password password_file"))),
            key("authorization", .section([key("type", "Bearer")] + keys("credentials credentials_file"))),
            key("tls_config", .section(tls)), key("follow_redirects", "true"), key("enable_http2", "true"),
        ] + keys("proxy_url")

    private static func integration(_ sendsResolved: Bool) -> [Member] {
        [
            key("send_resolved", sendsResolved ? "true" : "false"),
            key("http_config", global: "http_config", .section(http)),
        ]
    }

    // MARK: The file

    static let global: [Member] =
        [key("resolve_timeout", "5m", .duration), key("http_config", "", .section(http))]
        + keys("smtp_from") + [key("smtp_hello", "localhost")]
        + keys("smtp_smarthost smtp_auth_username smtp_auth_password smtp_auth_password_file smtp_auth_secret")
        + keys("smtp_auth_identity") + [key("smtp_require_tls", "true")]
        + keys("smtp_force_implicit_tls slack_api_url slack_api_url_file")
        + [
            key("pagerduty_url", "https://events.pagerduty.com/v2/enqueue"),
            key("opsgenie_api_url", "https://api.opsgenie.com/"),
        ] + keys("opsgenie_api_key opsgenie_api_key_file")
        + [
            key("wechat_api_url", "https://qyapi.weixin.qq.com/cgi-bin/"),
            key("victorops_api_url", "https://alert.victorops.com/integrations/generic/20131114/alert/"),
        ] + keys("victorops_api_key victorops_api_key_file")
        + [
            key("telegram_api_url", "https://api.telegram.org"),
            key("webex_api_url", "https://webexapis.com/v1/messages"),
        ]

    /// Routes hold routes, so their children are put in by whoever shows them.
    static let route: [Member] =
        keys("receiver") + [
            key("group_by", .texts), key("match", .pairs([])), key("match_re", .pairs([])), key("matchers", .matchers),
            key("mute_time_intervals", .texts), key("active_time_intervals", .texts), key("continue", "false"),
            key("routes"), key("group_wait", .duration), key("group_interval", .duration),
            key("repeat_interval", .duration),
        ]

    static let inhibitRule: [Member] = [
        key("source_match", .pairs([])), key("source_match_re", .pairs([])), key("source_matchers", .matchers),
        key("target_match", .pairs([])), key("target_match_re", .pairs([])), key("target_matchers", .matchers),
        key("equal", .texts),
    ]

    static let interval: [Member] =
        keys("name") + [
            key(
                "time_intervals",
                .list(
                    [key("times", .list(keys("start_time end_time")))]
                        + ["weekdays", "days_of_month", "months", "years"].map { key($0, .row) } + keys("location")
                )
            )
        ]

    static let receiver: [Member] =
        keys("name") + [
            key("discord_configs", .list(discord)), key("email_configs", .list(email)),
            key("pagerduty_configs", .list(pagerduty)), key("slack_configs", .list(slack)),
            key("webhook_configs", .list(webhook)), key("opsgenie_configs", .list(opsgenie)),
            key("pushover_configs", .list(pushover)), key("victorops_configs", .list(victorops)),
            key("telegram_configs", .list(telegram)), key("webex_configs", .list(webex)),
            key("msteams_configs", .list(teams)), key("msteamsv2_configs", .list(teams)),
        ]

    // MARK: Receivers

    private static let webhook =
        integration(true) + [key("url", .address)] + keys("url_file") + [key("max_alerts", "0")]

    private static let discord =
        integration(true) + keys("webhook_url") + [
            key("title", template: "discord.default.title"), key("message", template: "discord.default.message"),
        ]

    private static let teams =
        integration(true) + keys("webhook_url webhook_url_file") + [
            key("title", template: "msteams.default.title"), key("summary", template: "msteams.default.summary"),
            key("text", template: "msteams.default.text"),
        ]

    private static let webex =
        integration(true) + [
            key("api_url", global: "webex_api_url"), key("message", template: "webex.default.message"),
        ] + keys("room_id")

    private static let telegram =
        integration(true) + [key("api_url", global: "telegram_api_url")]
        + keys("bot_token bot_token_file chat_id") + [key("message", template: "telegram.default.message")]
        + keys("disable_notifications") + [key("parse_mode", "HTML")]

    private static let victorops =
        integration(true) + [
            key("api_key", global: "victorops_api_key"), key("api_key_file", global: "victorops_api_key_file"),
            key("api_url", global: "victorops_api_url"),
        ] + keys("routing_key") + [
            key("message_type", "CRITICAL"), key("state_message", template: "victorops.default.state_message"),
            key("entity_display_name", template: "victorops.default.entity_display_name"),
            key("monitoring_tool", template: "victorops.default.monitoring_tool"), key("custom_fields", .pairs([])),
        ]

    private static let pushover =
        integration(true) + keys("user_key token") + [
            key("title", template: "pushover.default.title"), key("message", template: "pushover.default.message"),
            key("url", template: "pushover.default.url"),
        ] + keys("url_title device sound") + [
            key("priority", text: #"{{ if eq .Status "firing" }}2{{ else }}0{{ end }}"#), key("retry", "1m0s"),
            key("expire", "1h0m0s"), key("html", "false"),
        ]

    private static let opsgenie =
        integration(true) + [
            key("api_key", global: "opsgenie_api_key"), key("api_key_file", global: "opsgenie_api_key_file"),
            key("api_url", global: "opsgenie_api_url"), key("message", template: "opsgenie.default.message"),
            key("description", template: "opsgenie.default.description"),
            key("source", template: "opsgenie.default.source"),
            key("details", .pairs([])),
        ] + keys("entity") + [key("responders", .list(keys("id name username type")))]
        + keys("actions tags note priority update_alerts")

    private static let slack =
        integration(false) + [
            key("api_url", global: "slack_api_url"), key("api_url_file", global: "slack_api_url_file"),
        ] + keys("channel") + [
            key("username", template: "slack.default.username"),
            key("color", text: #"{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}"#),
            key("title", template: "slack.default.title"), key("title_link", template: "slack.default.titlelink"),
            key("pretext", template: "slack.default.pretext"), key("text", template: "slack.default.text"),
            key("fields", .list(keys("title value short"))), key("short_fields", "false"),
            key("footer", template: "slack.default.footer"), key("fallback", template: "slack.default.fallback"),
            key("callback_id", template: "slack.default.callbackid"),
            key("icon_emoji", template: "slack.default.iconemoji"),
            key("icon_url", template: "slack.default.iconurl"),
        ] + keys("image_url thumb_url") + [
            key("link_names", "false"), key("mrkdwn_in", .texts),
            key("actions", .list(keys("type text url style name value"))),
        ]

    private static let email =
        [key("send_resolved", "false")] + keys("to") + [
            key("from", global: "smtp_from"), key("hello", global: "smtp_hello"),
            key("smarthost", global: "smtp_smarthost"), key("auth_username", global: "smtp_auth_username"),
            key("auth_password", global: "smtp_auth_password"),
            key("auth_password_file", global: "smtp_auth_password_file"),
            key("auth_secret", global: "smtp_auth_secret"),
            key("auth_identity", global: "smtp_auth_identity"),
            key("headers", .headers),
            key("html", template: "email.default.html"),
        ] + keys("text") + [
            key("require_tls", global: "smtp_require_tls"),
            key("force_implicit_tls", global: "smtp_force_implicit_tls"), key("tls_config", .section(tls)),
        ]

    private static let pagerduty =
        integration(true) + keys("service_key service_key_file routing_key routing_key_file") + [
            key("url", global: "pagerduty_url"), key("client", template: "pagerduty.default.client"),
            key("client_url", template: "pagerduty.default.clientURL"),
            key("description", text: #"{{ template "pagerduty.default.description" .}}"#),
            key(
                "details",
                .pairs([
                    ("firing", #"{{ template "pagerduty.default.instances" .Alerts.Firing }}"#),
                    ("num_firing", "{{ .Alerts.Firing | len }}"), ("num_resolved", "{{ .Alerts.Resolved | len }}"),
                    ("resolved", #"{{ template "pagerduty.default.instances" .Alerts.Resolved }}"#),
                ])
            ),
            key("images", .list(keys("src alt href"))), key("links", .list(keys("href text"))),
            key("source", template: "pagerduty.default.client"),
        ] + keys("severity class component group")
}
