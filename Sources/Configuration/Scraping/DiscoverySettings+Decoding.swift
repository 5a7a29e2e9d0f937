import HTTPSettings
import Metrics
import Rules
public import YAML

extension DiscoverySettings {
    /// What Prometheus discovers and medic does not.
    private static let unsupported = [
        "aws", "azure", "consul", "digitalocean", "docker", "dockerswarm", "ec2", "ecs", "eureka", "gce", "hetzner",
        "ionos", "kubernetes", "kuma", "lightsail", "linode", "marathon", "nerve", "nomad", "openstack", "ovhcloud",
        "puppetdb", "scaleway", "serverset", "stackit", "triton", "uyuni", "vultr",
    ]

    /// Reads the `*_configs` keys of a job that say where its targets are.
    init(_ fields: inout Fields, hasRelabelling: Bool) {
        self.init()
        // A URL as an address is a mistake, unless relabelling makes something of it.
        groups = fields.value("static_configs", .list(of: .staticGroup(checkingTargets: !hasRelabelling)), default: [])
        files = fields.value("file_sd_configs", .list(of: .fileDiscovery), default: [])
        servers = fields.value("http_sd_configs", .list(of: .httpDiscovery), default: [])
        names = fields.value("dns_sd_configs", .list(of: .dnsDiscovery), default: [])
        for kind in Self.unsupported {
            fields.refuseUnsupported(
                "\(kind)_sd_configs",
                because: "let a program write the targets to a file, and name it in file_sd_configs"
            )
        }
    }
}

extension Shape where Value == DiscoverySettings.StaticGroup {
    /// A group of targets as configurations and files of targets write it.
    public static func staticGroup(checkingTargets: Bool) -> Self {
        let target = Shape<String>.nonEmptyString
        let checked = target.narrowed(
            to: "an address such as host:9100",
            help: "leave out the scheme and the path: they have keys of their own, 'scheme' and 'metrics_path'"
        ) { text in TargetAddress.isValid(text) ? text : nil }
        return .structure("a group of targets") { fields in
            let targets = fields.value("targets", .list(of: checkingTargets ? checked : target), default: [])
            let labels = fields.value("labels", .labels, default: .empty)
            return DiscoverySettings.StaticGroup(targets: targets, labels: labels)
        }
    }
}

/// What a target is reached at: a host with a port or without, or `unix:` and the path of a socket.
public enum TargetAddress {
    private static let scheme = "unix:"

    /// Whether it can be an address: whoever has a slash in it wrote a URL.
    public static func isValid(_ text: String) -> Bool {
        unixSocket(in: text) != nil || !text.utf8.contains(UInt8(ascii: "/"))
    }

    /// The path of the socket, where it is one.
    public static func unixSocket(in text: String) -> String? {
        guard text.utf8.starts(with: scheme.utf8) else { return nil }
        var path = text.dropFirst(scheme.count)
        // Also as a URL: unix:///run/x.sock.
        if path.utf8.starts(with: "///".utf8) { path = path.dropFirst(2) }
        return path.utf8.first == UInt8(ascii: "/") ? String(path) : nil
    }
}

extension Shape where Value == DiscoverySettings.FileDiscovery {
    fileprivate static var fileDiscovery: Self {
        .structure("a discovery by files") { fields in
            let patterns = fields.required("files", .list(of: .filePattern))
            let interval = fields.value("refresh_interval", .milliseconds, default: .minutes(5))
            guard let patterns else { return nil }
            if patterns.isEmpty {
                fields.refuse(
                    "yaml/bad-value",
                    "file service discovery must contain at least one path name",
                    at: "files"
                )
            }
            return DiscoverySettings.FileDiscovery(patterns: patterns, refreshInterval: interval)
        }
    }
}

extension Shape where Value == String {
    /// The path of a file of targets; only its last part may have a star, and it ends in .json, .yml or .yaml.
    fileprivate static var filePattern: Self {
        Shape<String>.filePath.narrowed(
            to: "the path of a file that ends in .json, .yml or .yaml, with stars in its last part only"
        ) { path in
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            let last = parts.last ?? ""
            let endings = [".json", ".yml", ".yaml", ".JSON", ".YML", ".YAML"]
            let isPlain = parts.dropLast().allSatisfy { !$0.contains("*") }
            return isPlain && endings.contains { last.hasSuffix($0) } ? path : nil
        }
    }
}

extension Shape where Value == DiscoverySettings.HTTPDiscovery {
    fileprivate static var httpDiscovery: Self {
        .structure("a discovery by HTTP") { fields in
            let url = fields.required("url", .httpURL)
            let interval = fields.value("refresh_interval", .milliseconds, default: .minutes(1))
            let client = HTTPClientSettings(&fields)
            guard let url else { return nil }
            return DiscoverySettings.HTTPDiscovery(url: url, refreshInterval: interval, client: client)
        }
    }
}

extension Shape where Value == DiscoverySettings.DNSDiscovery {
    fileprivate static var dnsDiscovery: Self {
        .structure("a discovery by DNS") { fields in
            let names = fields.required("names", .list(of: .nonEmptyString))
            let type = fields.value("type", .choice, default: DiscoverySettings.DNSDiscovery.RecordType.srv)
            let port = fields.value("port", .integer(in: 0...65_535), default: 0)
            let interval = fields.value("refresh_interval", .milliseconds, default: .seconds(30))
            guard let names else { return nil }
            if names.isEmpty {
                fields.refuse("yaml/bad-value", "DNS-SD config must contain at least one SRV record name", at: "names")
            }
            if type != .srv, port == 0 {
                fields.refuse(
                    "scrape/no-port",
                    "a port is required in DNS-SD configs for all record types except SRV",
                    at: "type",
                    help: "add 'port: 9100'"
                )
            }
            return DiscoverySettings.DNSDiscovery(names: names, type: type, port: port, refreshInterval: interval)
        }
    }
}
