import HTTPSettings
import Metrics
import Secrets
import Templates
import YAML

extension Fields {
    /// A text that is a template of notifications; what is wrong in it is told at its place.
    mutating func template(_ key: String, default absent: String = "") -> String {
        optional(key, .notificationTemplate) ?? absent
    }

    /// Texts by name, each a template, in the order of the file.
    mutating func templates(_ key: String) -> [Label] {
        value(key, .map(of: .notificationTemplate), default: []).map { Label($0.key.value, $0.value) }
    }

    /// `send_resolved`.
    mutating func sendsResolved(default absent: Bool) -> Bool { value("send_resolved", .boolean, default: absent) }

    /// `http_config`, or that of `global`.
    mutating func http(_ defaults: NotificationDefaults) -> HTTPClientSettings {
        optional("http_config", .httpClientSettings) ?? defaults.http
    }

    /// A secret that must be given here, in a file, or by `global`.
    mutating func secret(
        _ key: String,
        orElse inherited: Secret? = nil,
        of owner: String,
        otherwise message: String
    ) -> Secret? {
        let secret = secret(key, orFile: "\(key)_file", of: owner) ?? inherited
        if secret == nil, !isGiven(key), !isGiven("\(key)_file") {
            refuse("config/incomplete-receiver", message, at: node.headline)
        }
        return secret
    }

    /// An address that is a secret, since who knows it can send, and that must be given here, in a file, or by `global`.
    mutating func secretURL(
        _ key: String,
        orElse inherited: Secret? = nil,
        of owner: String,
        otherwise message: String
    ) -> Secret? {
        let secret = optionalSecretURL(key, of: owner) ?? inherited
        if secret == nil, !isGiven(key), !isGiven("\(key)_file") {
            refuse("config/incomplete-receiver", message, at: node.headline)
        }
        return secret
    }

    mutating func optionalSecretURL(_ key: String, of owner: String) -> Secret? {
        let text = optional(key, .secretURL)
        let file = optional("\(key)_file", .secretFile)
        if text != nil, file != nil {
            refuse(
                "yaml/conflict",
                "at most one of \(owner) \(key) & \(key)_file must be configured",
                at: "\(key)_file"
            )
        }
        return file ?? text
    }

    /// An address, or a default one.
    mutating func url(_ key: String, default absent: String) -> String { value(key, .httpURL, default: absent) }

    /// A text that must not be empty.
    mutating func requiredTemplate(_ key: String, otherwise message: String) -> String {
        let text = template(key)
        if text.isEmpty, !isGiven(key) { refuse("config/incomplete-receiver", message, at: key) }
        return text
    }

    /// Whether something stands under the key; if it is wrong, that is told already.
    mutating func isGiven(_ key: String) -> Bool {
        guard let value = entry(key)?.value, !value.isNull else { return false }
        return value.scalar?.text.isEmpty != true
    }
}

extension Shape where Value == Secret {
    /// An absolute URL of HTTP that nobody should read.
    static var secretURL: Self { Shape<String>.httpURL.hidden.map { Secret($0) } }
}

extension Shape where Value == String {
    /// A template with Alertmanager's functions.
    static var notificationTemplate: Shape<String> {
        Shape("a text, which may be a template") { node, problems in
            guard let text = Shape<PlacedText>.placedText.decode(node, problems) else { return nil }
            do throws(TemplateError) {
                _ = try Template.parse(text.text, name: "", functions: .alertmanager)
                return text.text
            } catch {
                problems.error("template/parse", error.message, at: text.range(of: error.range), help: error.help)
                return nil
            }
        }
    }

    /// `mail.example.org:587`.
    static var hostAndPort: Shape<String> {
        nonEmptyString.narrowed(to: "a host and a port such as mail.example.org:587") { text in
            guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
                let port = Int(text[text.index(after: colon)...]),
                (1...65_535).contains(port)
            else { return nil }
            return text
        }
    }
}
