public import HTTPSettings
public import Metrics
public import Secrets
import YAML

/// An entry of `email_configs`. Texts are templates.
public struct EmailSettings: Hashable, Sendable {
    public let to: String
    public let from: String
    public let hello: String
    /// Host and port.
    public let smarthost: String
    public let username: String
    public let password: Secret?
    /// For CRAM-MD5.
    public let secret: Secret?
    public let identity: String
    /// By canonical names: `Subject`, `Reply-To`.
    public let headers: [Label]
    public let html: String
    public let text: String
    /// Whether nothing is sent to a server that does not speak TLS.
    public let requiresTLS: Bool
    /// Whether TLS begins with the first byte; nil where the port tells: 465 is for that.
    public let forcesImplicitTLS: Bool?
    public let tls: TLSSettings

    /// Whether TLS begins with the first byte.
    public var beginsWithTLS: Bool { forcesImplicitTLS ?? smarthost.hasSuffix(":465") }
}

extension Shape where Value == ToldIntegration {
    static func email(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("a mailbox") { fields in
            let sendsResolved = fields.sendsResolved(default: false)
            let to = fields.requiredTemplate("to", otherwise: "missing to address in email config")
            let from = fields.optional("from", .notificationTemplate) ?? defaults.mail.from
            let smarthost = fields.optional("smarthost", .hostAndPort) ?? defaults.mail.smarthost
            let headers = fields.value("headers", .map(of: .notificationTemplate), default: [])
            let password = fields.secret("auth_password", orFile: "auth_password_file", of: "email_configs")
            let secret = fields.secret("auth_secret", orFile: "auth_secret_file", of: "email_configs")
            let settings = EmailSettings(
                to: to,
                from: from ?? "",
                hello: fields.value("hello", .nonEmptyString, default: defaults.mail.hello),
                smarthost: smarthost ?? "",
                username: fields.value("auth_username", .string, default: defaults.mail.username),
                password: password ?? defaults.mail.password,
                secret: secret ?? defaults.mail.secret,
                identity: fields.value("auth_identity", .string, default: defaults.mail.identity),
                headers: canonical(headers, &fields),
                html: fields.template("html", default: #"{{ template "email.default.html" . }}"#),
                text: fields.template("text"),
                requiresTLS: fields.value("require_tls", .boolean, default: defaults.mail.requiresTLS),
                forcesImplicitTLS: fields.optional("force_implicit_tls", .boolean) ?? defaults.mail.forcesImplicitTLS,
                tls: fields.value("tls_config", .tlsSettings, default: defaults.mail.tls)
            )
            for (key, value) in [("smarthost", smarthost), ("from", from)] where value == nil && !fields.isGiven(key) {
                fields.refuse("config/incomplete-receiver", "no global SMTP \(key) set", at: fields.node.headline)
            }
            return (.email(settings), sendsResolved)
        }
    }

    /// Names of headers mean the same in any case, so that two must not differ in nothing else.
    private static func canonical(_ headers: [YAMLPair<String>], _ fields: inout Fields) -> [Label] {
        var seen: Set<String> = []
        return headers.map { header in
            let name = header.key.value.split(separator: "-", omittingEmptySubsequences: false)
                .map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
                .joined(separator: "-")
            if !seen.insert(name).inserted {
                let message = "duplicate header \(Labels.quoted(name)) in email config"
                fields.refuse("yaml/conflict", message, at: header.key.range)
            }
            return Label(name, header.value)
        }
    }
}
