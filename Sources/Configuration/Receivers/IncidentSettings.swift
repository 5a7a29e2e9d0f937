public import HTTPSettings
public import Metrics
public import Secrets
import YAML

/// An entry of `opsgenie_configs`. Texts are templates.
public struct OpsgenieSettings: Hashable, Sendable {
    public struct Responder: Hashable, Sendable {
        public let id: String
        public let name: String
        public let username: String
        public let type: String
    }

    public let key: Secret
    public let http: HTTPClientSettings
    public let url: String
    public let message: String
    public let description: String
    public let source: String
    public let details: [Label]
    public let entity: String
    public let responders: [Responder]
    public let actions: String
    public let tags: String
    public let note: String
    public let priority: String
    public let updatesAlerts: Bool
}

/// An entry of `victorops_configs`. Texts are templates.
public struct VictorOpsSettings: Hashable, Sendable {
    public let key: Secret
    public let http: HTTPClientSettings
    public let url: String
    public let routingKey: String
    public let messageType: String
    public let stateMessage: String
    public let displayName: String
    public let monitoringTool: String
    public let customFields: [Label]
}

extension Shape where Value == ToldIntegration {
    static func opsgenie(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("an Opsgenie team") { fields in
            func standard(_ name: String) -> String { #"{{ template "opsgenie.default.\#(name)" . }}"# }
            let sendsResolved = fields.sendsResolved(default: true)
            let key = fields.secret(
                "api_key",
                orElse: defaults.opsgenieKey,
                of: "opsgenie_configs",
                otherwise: "no global OpsGenie API Key set either inline or in a file"
            )
            let settings = OpsgenieSettings(
                key: key ?? Secret(""),
                http: fields.http(defaults),
                url: fields.url("api_url", default: defaults.opsgenieURL),
                message: fields.template("message", default: standard("message")),
                description: fields.template("description", default: standard("description")),
                source: fields.template("source", default: standard("source")),
                details: fields.templates("details"),
                entity: fields.template("entity"),
                responders: fields.value("responders", .list(of: .opsgenieResponder), default: []),
                actions: fields.template("actions"),
                tags: fields.template("tags"),
                note: fields.template("note"),
                priority: fields.template("priority"),
                updatesAlerts: fields.value("update_alerts", .boolean, default: false)
            )
            return key == nil ? nil : (.opsgenie(settings), sendsResolved)
        }
    }

    private static var reservedFields: [String] {
        [
            "routing_key", "message_type", "state_message", "entity_display_name", "monitoring_tool", "entity_id",
            "entity_state",
        ]
    }

    static func victorOps(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("a VictorOps team") { fields in
            func standard(_ name: String) -> String { #"{{ template "victorops.default.\#(name)" . }}"# }
            let sendsResolved = fields.sendsResolved(default: true)
            let key = fields.secret(
                "api_key",
                orElse: defaults.victorOpsKey,
                of: "victorops_configs",
                otherwise: "no global VictorOps API Key set"
            )
            let customFields = fields.templates("custom_fields")
            for field in customFields where reservedFields.contains(field.name) {
                let reason = "which cannot be used as it conflicts with the fixed/static fields"
                let message = "victorOps config contains custom field \(field.name) \(reason)"
                fields.refuse("config/incomplete-receiver", message, at: "custom_fields")
            }
            let settings = VictorOpsSettings(
                key: key ?? Secret(""),
                http: fields.http(defaults),
                url: fields.url("api_url", default: defaults.victorOpsURL),
                routingKey: fields.requiredTemplate(
                    "routing_key",
                    otherwise: "missing Routing key in VictorOps config"
                ),
                messageType: fields.template("message_type", default: "CRITICAL"),
                stateMessage: fields.template("state_message", default: standard("state_message")),
                displayName: fields.template("entity_display_name", default: standard("entity_display_name")),
                monitoringTool: fields.template("monitoring_tool", default: standard("monitoring_tool")),
                customFields: customFields
            )
            return key == nil ? nil : (.victorops(settings), sendsResolved)
        }
    }
}

extension Shape where Value == OpsgenieSettings.Responder {
    private static var types: [String] { ["team", "teams", "user", "escalation", "schedule"] }

    fileprivate static var opsgenieResponder: Self {
        .structure("an Opsgenie responder") { fields in
            let responder = OpsgenieSettings.Responder(
                id: fields.template("id"),
                name: fields.template("name"),
                username: fields.template("username"),
                type: fields.template("type")
            )
            if responder.id.isEmpty, responder.name.isEmpty, responder.username.isEmpty {
                let message = "a responder has to have at least one of id, username or name specified"
                fields.refuse("config/incomplete-receiver", message, at: fields.node.headline)
            }
            if !responder.type.contains("{{"), !types.contains(responder.type.lowercased()) {
                let message = "the type of a responder is one of \(types.joined(separator: ", "))"
                fields.refuse("config/incomplete-receiver", message, at: "type")
            }
            return responder
        }
    }
}
