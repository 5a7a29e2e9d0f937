public import HTTPSettings
public import Metrics
public import Secrets
import YAML

/// An entry of `pagerduty_configs`. Texts are templates.
public struct PagerDutySettings: Hashable, Sendable {
    public struct Image: Hashable, Sendable {
        public let source: String
        public let alternative: String
        public let link: String
    }

    public struct Link: Hashable, Sendable {
        public let address: String
        public let text: String
    }

    /// For the Events API v2.
    public let routingKey: Secret?
    /// For its first version.
    public let serviceKey: Secret?
    public let http: HTTPClientSettings
    public let url: String
    public let client: String
    public let clientURL: String
    public let description: String
    public let details: [Label]
    public let images: [Image]
    public let links: [Link]
    public let source: String
    public let severity: String
    public let `class`: String
    public let component: String
    public let group: String
}

extension Shape where Value == ToldIntegration {
    static func pagerDuty(_ defaults: NotificationDefaults) -> Shape<ToldIntegration> {
        .structure("a PagerDuty service") { fields in
            let sendsResolved = fields.sendsResolved(default: true)
            let routingKey = fields.secret("routing_key", orFile: "routing_key_file", of: "pagerduty_configs")
            let serviceKey = fields.secret("service_key", orFile: "service_key_file", of: "pagerduty_configs")
            let keys = ["routing_key", "routing_key_file", "service_key", "service_key_file"]
            if !keys.contains(where: { fields.isGiven($0) }) {
                let message = "missing service or routing key in PagerDuty config"
                fields.refuse("config/incomplete-receiver", message, at: fields.node.headline)
            }
            let client = fields.template("client", default: #"{{ template "pagerduty.default.client" . }}"#)
            let details = fields.templates("details")
            let settings = PagerDutySettings(
                routingKey: routingKey,
                serviceKey: serviceKey,
                http: fields.http(defaults),
                url: fields.url("url", default: defaults.pagerDutyURL),
                client: client,
                clientURL: fields.template(
                    "client_url",
                    default: #"{{ template "pagerduty.default.clientURL" . }}"#
                ),
                description: fields.template(
                    "description",
                    default: #"{{ template "pagerduty.default.description" .}}"#
                ),
                details: details
                    + standardDetails.filter { standard in !details.contains { $0.name == standard.name } },
                images: fields.value("images", .list(of: .pagerDutyImage), default: []),
                links: fields.value("links", .list(of: .pagerDutyLink), default: []),
                source: fields.template("source", default: client),
                severity: fields.template("severity", default: "error"),
                class: fields.template("class"),
                component: fields.template("component"),
                group: fields.template("group")
            )
            return (.pagerduty(settings), sendsResolved)
        }
    }

    private static var standardDetails: [Label] {
        [
            Label("firing", #"{{ template "pagerduty.default.instances" .Alerts.Firing }}"#),
            Label("resolved", #"{{ template "pagerduty.default.instances" .Alerts.Resolved }}"#),
            Label("num_firing", "{{ .Alerts.Firing | len }}"),
            Label("num_resolved", "{{ .Alerts.Resolved | len }}"),
        ]
    }
}

extension Shape where Value == PagerDutySettings.Image {
    fileprivate static var pagerDutyImage: Self {
        .structure("an image") { fields in
            PagerDutySettings.Image(
                source: fields.template("src"),
                alternative: fields.template("alt"),
                link: fields.template("href")
            )
        }
    }
}

extension Shape where Value == PagerDutySettings.Link {
    fileprivate static var pagerDutyLink: Self {
        .structure("a link") { fields in
            PagerDutySettings.Link(address: fields.template("href"), text: fields.template("text"))
        }
    }
}
