public import HTTPSettings
public import Metrics
import RegularExpressions
import Rules
public import YAML

/// A look at a service from outside, at each interval.
public struct ProbeSettings: Sendable, Hashable {
    public enum Target: Sendable, Hashable {
        /// A page, by its URL.
        case http(String)
        /// A port that takes connections.
        case tcp(host: String, port: Int)

        /// As it was written: the `instance` of the probe's series.
        public var text: String {
            switch self {
            case .http(let url): url
            case .tcp(let host, let port):
                host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
            }
        }
    }

    /// How a page is asked for, and what it must be.
    public struct Page: Sendable, Hashable {
        public var method = "GET"
        public var client = HTTPClientSettings()
        /// Statuses that are well; empty: 200 to 299.
        public var statuses: [Int] = []
        /// Must be found in the body.
        public var body: String?
        /// Must not be.
        public var refusedBody: String?

        public init() {}
    }

    public var name: String
    public var target: Target
    public var basics = CollectorBasics()
    /// For everything; no longer than the interval.
    public var timeout = Milliseconds.seconds(5)
    public var page = Page()

    static let probesMax = 1_000

    public init(name: String, target: Target) {
        self.name = name
        self.target = target
    }

    public static var shape: Shape<ProbeSettings> {
        .structure("a probe") { fields in
            let name = fields.required("name", .nonEmptyString)
            let kind = fields.exactlyOne(of: ["http", "tcp"])
            let target = target(&fields, kind)
            let basics = CollectorBasics.read(&fields)
            let standard = Swift.min(Milliseconds.seconds(5), basics.interval)
            let timeout = fields.value("timeout", .collectorInterval, default: standard)
            if timeout > basics.interval {
                fields.refuse("yaml/bad-value", "the timeout is longer than the interval", at: "timeout")
            }
            let page = kind == "http" ? page(&fields) : Page()
            guard let name, let target else { return nil }
            var probe = ProbeSettings(name: name, target: target)
            probe.basics = basics
            probe.timeout = timeout
            probe.page = page
            return probe
        }
    }

    /// All probes of a configuration.
    public static var list: Shape<[ProbeSettings]> {
        Shape<[ProbeSettings]>("a list of probes") { node, problems in
            guard let probes = Shape<[Placed<ProbeSettings>]>.list(of: shape.placed).decode(node, problems) else {
                return nil
            }
            var names: Set<String> = []
            for probe in probes where !names.insert(probe.value.name).inserted {
                problems.error("yaml/bad-value", "two probes are named '\(probe.value.name)'", at: probe.range)
                return nil
            }
            guard probes.count <= probesMax else {
                problems.error("yaml/bad-value", "more than \(probesMax) probes", at: node.headline)
                return nil
            }
            return probes.map(\.value)
        }
    }

    private static func target(_ fields: inout Fields, _ kind: String?) -> Target? {
        kind == "tcp"
            ? fields.required("tcp", .tcpTarget)
            : fields.optional("http", .httpURL).map { .http($0) }
    }

    private static func page(_ fields: inout Fields) -> Page {
        var page = Page()
        page.client = HTTPClientSettings(&fields)
        page.client.usesHTTP2 = false
        fields.refuseWhenOn("enable_http2", because: "a probe makes a connection of HTTP/1.1 of its own each time")
        page.method = fields.value("method", .probeMethod, default: page.method)
        page.statuses = fields.value("expect_status", .list(of: .integer(in: 100...599)), default: [])
        page.body = fields.optional("expect_body", .partPattern)
        page.refusedBody = fields.optional("refuse_body", .partPattern)
        return page
    }
}

extension Shape where Value == String {
    fileprivate static var probeMethod: Self {
        let methods = ["GET", "HEAD", "POST", "OPTIONS"]
        return string.narrowed(to: "one of " + methods.joined(separator: ", ")) { methods.contains($0) ? $0 : nil }
    }
}

extension Shape where Value == ProbeSettings.Target {
    /// `host:port`, with the host in brackets where it is an address of IPv6.
    fileprivate static var tcpTarget: Self {
        Shape<String>.string.narrowed(to: "a host and a port such as db.example:5432 or [::1]:5432") { text in
            guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
            var host = text[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                return nil
            }
            let isClean = host.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
            guard let port = Int(text[text.utf8.index(after: colon)...]), (1...65_535).contains(port) else {
                return nil
            }
            return isClean && !host.isEmpty ? .tcp(host: String(host), port: port) : nil
        }
    }
}
