public import HTTPSettings
public import Secrets
import YAML

/// An entry of `slack_configs`. Texts are templates.
public struct SlackSettings: Hashable, Sendable {
    public struct Field: Hashable, Sendable {
        public let title: String
        public let value: String
        /// Nil for what `short_fields` says.
        public let isShort: Bool?
    }

    public struct Action: Hashable, Sendable {
        public let type: String
        public let text: String
        public let url: String
        public let style: String
        public let name: String
        public let value: String
        public let confirmation: Confirmation?
    }

    public struct Confirmation: Hashable, Sendable {
        public let text: String
        public let title: String
        public let okText: String
        public let dismissText: String
    }

    public let url: Secret
    public let http: HTTPClientSettings
    public let channel: String
    public let username: String
    public let color: String
    public let title: String
    public let titleLink: String
    public let pretext: String
    public let text: String
    public let fields: [Field]
    public let hasShortFields: Bool
    public let footer: String
    public let fallback: String
    public let callbackID: String
    public let iconEmoji: String
    public let iconURL: String
    public let imageURL: String
    public let thumbURL: String
    public let linksNames: Bool
    /// Which texts Slack's markup is meant in.
    public let markedUp: [String]
    public let actions: [Action]
}

extension Shape where Value == ToldIntegration {
    static func slack(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("a Slack channel") { fields in
            func standard(_ name: String) -> String { #"{{ template "slack.default.\#(name)" . }}"# }
            let sendsResolved = fields.sendsResolved(default: false)
            let url = fields.secretURL(
                "api_url",
                orElse: defaults.slackURL,
                of: "slack_configs",
                otherwise: "no global Slack API URL set either inline or in a file"
            )
            for key in ["app_token", "app_token_file", "app_url", "update_message", "message_text"] {
                fields.refuseUnsupported(key, because: "it talks to incoming webhooks: use api_url")
            }
            let slack = SlackSettings(
                url: url ?? Secret(""),
                http: fields.http(defaults),
                channel: fields.template("channel"),
                username: fields.template("username", default: standard("username")),
                color: fields.template(
                    "color",
                    default: #"{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}"#
                ),
                title: fields.template("title", default: standard("title")),
                titleLink: fields.template("title_link", default: standard("titlelink")),
                pretext: fields.template("pretext", default: standard("pretext")),
                text: fields.template("text", default: standard("text")),
                fields: fields.value("fields", .list(of: .slackField), default: []),
                hasShortFields: fields.value("short_fields", .boolean, default: false),
                footer: fields.template("footer", default: standard("footer")),
                fallback: fields.template("fallback", default: standard("fallback")),
                callbackID: fields.template("callback_id", default: standard("callbackid")),
                iconEmoji: fields.template("icon_emoji", default: standard("iconemoji")),
                iconURL: fields.template("icon_url", default: standard("iconurl")),
                imageURL: fields.template("image_url"),
                thumbURL: fields.template("thumb_url"),
                linksNames: fields.value("link_names", .boolean, default: false),
                markedUp: fields.value("mrkdwn_in", .list(of: .string), default: ["fallback", "pretext", "text"]),
                actions: fields.value("actions", .list(of: .slackAction), default: [])
            )
            return url == nil ? nil : (.slack(slack), sendsResolved)
        }
    }
}

extension Shape where Value == SlackSettings.Field {
    fileprivate static var slackField: Self {
        .structure("a Slack field") { fields in
            SlackSettings.Field(
                title: fields.requiredTemplate("title", otherwise: "missing title in Slack field configuration"),
                value: fields.requiredTemplate("value", otherwise: "missing value in Slack field configuration"),
                isShort: fields.optional("short", .boolean)
            )
        }
    }
}

extension Shape where Value == SlackSettings.Action {
    fileprivate static var slackAction: Self {
        .structure("a Slack action") { fields in
            let type = fields.requiredTemplate("type", otherwise: "missing type in Slack action configuration")
            let text = fields.requiredTemplate("text", otherwise: "missing text in Slack action configuration")
            let url = fields.template("url")
            let name = fields.template("name")
            let value = fields.template("value")
            let confirmation = fields.optional("confirm", .slackConfirmation)
            if !fields.isGiven("url"), !fields.isGiven("name") {
                let message = "missing name or url in Slack action configuration"
                fields.refuse("config/incomplete-receiver", message, at: fields.node.headline)
            }
            return SlackSettings.Action(
                type: type,
                text: text,
                url: url,
                style: fields.template("style"),
                name: url.isEmpty ? name : "",
                value: url.isEmpty ? value : "",
                confirmation: url.isEmpty ? confirmation : nil
            )
        }
    }
}

extension Shape where Value == SlackSettings.Confirmation {
    fileprivate static var slackConfirmation: Self {
        .structure("a Slack confirmation") { fields in
            SlackSettings.Confirmation(
                text: fields.requiredTemplate("text", otherwise: "missing text in Slack confirmation configuration"),
                title: fields.template("title"),
                okText: fields.template("ok_text"),
                dismissText: fields.template("dismiss_text")
            )
        }
    }
}
