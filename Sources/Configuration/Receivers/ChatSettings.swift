import Alerting
public import HTTPSettings
public import Metrics
public import Secrets
import YAML

/// An entry of `telegram_configs`. Texts are templates.
public struct TelegramSettings: Hashable, Sendable {
    public let url: String
    public let token: Secret
    public let http: HTTPClientSettings
    public let chat: Int
    public let thread: Int
    public let message: String
    public let isQuiet: Bool
    /// `HTML`, `Markdown`, `MarkdownV2` or nothing.
    public let parseMode: String
}

/// An entry of `discord_configs`. Texts are templates.
public struct DiscordSettings: Hashable, Sendable {
    public let url: Secret
    public let http: HTTPClientSettings
    public let content: String
    public let title: String
    public let message: String
    public let username: String
    public let avatarURL: String
}

/// An entry of `msteams_configs` or `msteamsv2_configs`. Texts are templates.
public struct TeamsSettings: Hashable, Sendable {
    public let url: Secret
    public let http: HTTPClientSettings
    public let title: String
    /// Only for `msteams_configs`.
    public let summary: String
    public let text: String
}

/// An entry of `pushover_configs`. Texts are templates.
public struct PushoverSettings: Hashable, Sendable {
    public let user: Secret
    public let token: Secret
    public let http: HTTPClientSettings
    public let title: String
    public let message: String
    public let url: String
    public let urlTitle: String
    public let device: String
    public let sound: String
    public let priority: String
    public let retry: Milliseconds
    public let expire: Milliseconds
    public let timeToLive: Milliseconds
    public let isHTML: Bool
    public let isMonospaced: Bool
}

/// An entry of `webex_configs`. Texts are templates.
public struct WebexSettings: Hashable, Sendable {
    public let url: String
    public let http: HTTPClientSettings
    public let room: String
    public let message: String
}

extension Shape where Value == ToldIntegration {
    static func telegram(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("a Telegram chat") { fields in
            let sendsResolved = fields.sendsResolved(default: true)
            let token = fields.secret(
                "bot_token",
                orElse: defaults.telegramToken,
                of: "telegram_configs",
                otherwise: "missing bot_token or bot_token_file on telegram_config"
            )
            let chat = fields.value("chat_id", .integer, default: 0)
            if chat == 0, !fields.isGiven("chat_id") || fields.isSound {
                let message = "missing chat_id on telegram_config"
                fields.refuse("config/incomplete-receiver", message, at: fields.node.headline)
            }
            let modes = ["HTML": "HTML", "Markdown": "Markdown", "MarkdownV2": "MarkdownV2", "": ""] as KeyValuePairs
            let settings = TelegramSettings(
                url: fields.url("api_url", default: defaults.telegramURL),
                token: token ?? Secret(""),
                http: fields.http(defaults),
                chat: chat,
                thread: fields.value("message_thread_id", .integer, default: 0),
                message: fields.template("message", default: #"{{ template "telegram.default.message" . }}"#),
                isQuiet: fields.value("disable_notifications", .boolean, default: false),
                parseMode: fields.value("parse_mode", .choice(modes), default: "HTML")
            )
            return token == nil ? nil : (.telegram(settings), sendsResolved)
        }
    }

    static func discord(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("a Discord channel") { fields in
            let sendsResolved = fields.sendsResolved(default: true)
            let url = fields.secretURL(
                "webhook_url",
                of: "discord_configs",
                otherwise: "one of webhook_url or webhook_url_file must be configured"
            )
            let settings = DiscordSettings(
                url: url ?? Secret(""),
                http: fields.http(defaults),
                content: fields.template("content"),
                title: fields.template("title", default: #"{{ template "discord.default.title" . }}"#),
                message: fields.template("message", default: #"{{ template "discord.default.message" . }}"#),
                username: fields.template("username"),
                avatarURL: fields.template("avatar_url")
            )
            return url == nil ? nil : (.discord(settings), sendsResolved)
        }
    }

    static func teams(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        teams("msteams", hasSummary: true, defaults) { .msteams($0) }
    }

    static func teamsFlows(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        teams("msteamsv2", hasSummary: false, defaults) { .msteamsv2($0) }
    }

    private static func teams(
        _ name: String,
        hasSummary: Bool,
        _ defaults: NotificationDefaults,
        _ kind: @escaping @Sendable (TeamsSettings) -> IntegrationSettings.Kind
    ) -> Shape<ToldIntegration> {
        .structure("a Teams channel") { fields in
            func standard(_ part: String) -> String { #"{{ template "\#(name).default.\#(part)" . }}"# }
            let sendsResolved = fields.sendsResolved(default: true)
            let url = fields.secretURL(
                "webhook_url",
                of: "\(name)_configs",
                otherwise: "one of webhook_url or webhook_url_file must be configured"
            )
            let settings = TeamsSettings(
                url: url ?? Secret(""),
                http: fields.http(defaults),
                title: fields.template("title", default: standard("title")),
                summary: hasSummary ? fields.template("summary", default: standard("summary")) : "",
                text: fields.template("text", default: standard("text"))
            )
            return url == nil ? nil : (kind(settings), sendsResolved)
        }
    }

    static func pushover(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("a Pushover user") { fields in
            func standard(_ name: String) -> String { #"{{ template "pushover.default.\#(name)" . }}"# }
            func secret(_ key: String, _ fields: inout Fields) -> Secret? {
                let message = "one of \(key) or \(key)_file must be configured"
                return fields.secret(key, of: "pushover_configs", otherwise: message)
            }
            let sendsResolved = fields.sendsResolved(default: true)
            let user = secret("user_key", &fields)
            let token = secret("token", &fields)
            let settings = PushoverSettings(
                user: user ?? Secret(""),
                token: token ?? Secret(""),
                http: fields.http(defaults),
                title: fields.template("title", default: standard("title")),
                message: fields.template("message", default: standard("message")),
                url: fields.template("url", default: standard("url")),
                urlTitle: fields.template("url_title"),
                device: fields.template("device"),
                sound: fields.template("sound"),
                priority: fields.template("priority", default: #"{{ if eq .Status "firing" }}2{{ else }}0{{ end }}"#),
                retry: fields.value("retry", .alertingDuration, default: .minutes(1)),
                expire: fields.value("expire", .alertingDuration, default: .hours(1)),
                timeToLive: fields.value("ttl", .alertingDuration, default: .zero),
                isHTML: fields.value("html", .boolean, default: false),
                isMonospaced: fields.value("monospace", .boolean, default: false)
            )
            if settings.isHTML, settings.isMonospaced {
                fields.refuse("yaml/conflict", "at most one of monospace & html must be configured", at: "monospace")
            }
            return user == nil || token == nil ? nil : (.pushover(settings), sendsResolved)
        }
    }

    static func webex(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("a Webex room") { fields in
            let sendsResolved = fields.sendsResolved(default: true)
            let http = fields.http(defaults)
            let settings = WebexSettings(
                url: fields.url("api_url", default: defaults.webexURL),
                http: http,
                room: fields.requiredTemplate("room_id", otherwise: "missing room_id on webex_config"),
                message: fields.template("message", default: #"{{ template "webex.default.message" . }}"#)
            )
            if case .authorization = http.credentials {
            } else if !fields.isGiven("http_config") || fields.isSound {
                let message = "missing webex_configs.http_config.authorization"
                fields.refuse("config/incomplete-receiver", message, at: fields.node.headline)
            }
            return (.webex(settings), sendsResolved)
        }
    }
}
