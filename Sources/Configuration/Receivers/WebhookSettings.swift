import Alerting
public import HTTPSettings
public import Metrics
public import Secrets
import YAML

/// An entry of `webhook_configs`.
public struct WebhookSettings: Hashable, Sendable {
    public let url: Secret
    public let http: HTTPClientSettings
    /// The most alerts in one message; zero for any number.
    public let maxAlerts: Int
    public let timeout: Milliseconds?
    /// The key with which bodies are signed (HMAC with SHA-256).
    public let signingKey: Secret?
}

/// An entry of `alertmanager_configs`: alerts are handed on to an Alertmanager as they are.
public struct AlertmanagerSettings: Hashable, Sendable {
    /// Where it stands: `http://alertmanager:9093`.
    public let url: String
    public let http: HTTPClientSettings
    public let timeout: Milliseconds
}

/// An entry of `exec_configs`: a program that is given the webhook's body.
public struct ExecSettings: Hashable, Sendable {
    /// The program's absolute path, and its arguments, each a template.
    public let command: [String]
    /// Variables of its environment, each a template.
    public let environment: [Label]
    public let timeout: Milliseconds
}

typealias ToldIntegration = (kind: IntegrationSettings.Kind, sendsResolved: Bool)

extension Shape where Value == ToldIntegration {
    static func webhook(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("a webhook") { fields in
            let sendsResolved = fields.sendsResolved(default: true)
            let url = fields.secretURL(
                "url",
                of: "webhook_configs",
                otherwise: "one of url or url_file must be configured"
            )
            let http = fields.http(defaults)
            let maxAlerts = fields.value("max_alerts", .integer(in: 0...Int.max), default: 0)
            let timeout = fields.optional("timeout", .alertingDuration)
            let key = fields.secret("signing_key", orFile: "signing_key_file", of: "webhook_configs")
            guard let url else { return nil }
            let settings = WebhookSettings(
                url: url,
                http: http,
                maxAlerts: maxAlerts,
                timeout: timeout.flatMap { $0 > .zero ? $0 : nil },
                signingKey: key
            )
            return (.webhook(settings), sendsResolved)
        }
    }

    static func alertmanager(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("an Alertmanager") { fields in
            let sendsResolved = fields.sendsResolved(default: true)
            let url = fields.required("url", .httpURL)
            let http = fields.http(defaults)
            let timeout = fields.value("timeout", .alertingDuration, default: .seconds(10))
            guard let url else { return nil }
            return (.alertmanager(AlertmanagerSettings(url: url, http: http, timeout: timeout)), sendsResolved)
        }
    }

    static var exec: Shape<ToldIntegration> {
        .structure("a program") { fields in
            let sendsResolved = fields.sendsResolved(default: true)
            let command = fields.required("command", .list(of: .notificationTemplate))
            let environment = fields.templates("environment")
            let timeout = fields.value("timeout", .alertingDuration, default: .seconds(10))
            guard let command else { return nil }
            guard command.first?.utf8.first == UInt8(ascii: "/") else {
                fields.refuse(
                    "config/incomplete-receiver",
                    "the program must be given by its absolute path",
                    at: "command",
                    help: "command: [/usr/local/bin/tell, ARGUMENT, ...]; no shell is asked"
                )
                return nil
            }
            let settings = ExecSettings(command: command, environment: environment, timeout: timeout)
            return (.exec(settings), sendsResolved)
        }
    }
}
