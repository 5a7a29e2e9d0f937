public import HTTPSettings
public import Metrics
public import Relabelling
import Rules
public import YAML

/// `alerting` of prometheus.yml: which Alertmanagers are told of medic's own alerts as well.
public struct ForwardingSettings: Hashable, Sendable {
    /// Alertmanagers that are asked in one way.
    public struct Source: Hashable, Sendable {
        public var scheme = "http"
        /// Comes before `/api/v2/alerts`.
        public var pathPrefix = ""
        public var timeout = Milliseconds.seconds(10)
        public var client = HTTPClientSettings()
        /// What becomes of the addresses; one without labels is left out.
        public var relabelling = RelabelRules()
        /// What becomes of the alerts that go there, after what holds for all.
        public var alertRelabelling = RelabelRules()
        /// Where they are found.
        public var discovery = DiscoverySettings()

        public init() {}
    }

    /// What becomes of alerts before anybody is told of them; one without labels is told to nobody.
    public var alertRelabelling = RelabelRules()
    public var sources: [Source] = []

    /// Nobody else is told.
    public init() {}

    public static var shape: Shape<ForwardingSettings> {
        .structure("where alerts are sent") { fields in
            var settings = ForwardingSettings()
            settings.alertRelabelling = fields.value("alert_relabel_configs", .relabelRules, default: RelabelRules())
            settings.sources = fields.value("alertmanagers", .list(of: .alertmanagerSource), default: [])
            return settings
        }
    }
}

extension Shape where Value == ForwardingSettings.Source {
    fileprivate static var alertmanagerSource: Self {
        .structure("Alertmanagers") { fields in
            var source = ForwardingSettings.Source()
            source.scheme = fields.value("scheme", .choice(["http": "http", "https": "https"]), default: "http")
            source.pathPrefix = prefix(fields.value("path_prefix", .string, default: ""))
            source.timeout = fields.value("timeout", .milliseconds, default: source.timeout)
            source.client = HTTPClientSettings(&fields)
            source.relabelling = fields.value("relabel_configs", .relabelRules, default: RelabelRules())
            source.alertRelabelling = fields.value("alert_relabel_configs", .relabelRules, default: RelabelRules())
            let version = fields.value("api_version", .string, default: "v2")
            if version != "v2" {
                fields.refuse(
                    "config/unsupported",
                    "api_version \(Labels.quoted(version)) is not supported by medic: Alertmanagers of this decade speak v2",
                    at: "api_version"
                )
            }
            fields.refuseUnsupported("sigv4", because: "it signs requests to one provider's cloud")
            source.discovery = DiscoverySettings(&fields, hasRelabelling: !source.relabelling.isEmpty)
            return source
        }
    }

    /// With one slash before it and none after it.
    private static func prefix(_ text: String) -> String {
        let parts = text.split(separator: "/")
        return parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
    }
}
