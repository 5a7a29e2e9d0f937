import HTTPSettings
import Metrics
import Rules
public import YAML

extension ProbeSettings {
    private static let kinds = ["http", "tcp", "dns", "tls", "icmp"]

    public static var shape: Shape<ProbeSettings> {
        .structure("a probe") { fields in
            let name = fields.required("name", .nonEmptyString)
            let kind = fields.exactlyOne(of: kinds)
            let target = Self.target(&fields, kind)
            var probe = ProbeSettings(name: name ?? "", target: target ?? .http(""))
            probe.basics = CollectorBasics.read(&fields)
            probe.timeout = fields.collectorTimeout(probe.basics)
            switch kind {
            case "http": probe.page = Self.page(&fields)
            case "dns": probe.question = Self.question(&fields)
            case "tls": probe.tls = fields.value("tls_config", .tlsSettings, default: TLSSettings())
            case "icmp": probe.ping = Self.ping(&fields)
            default: break
            }
            guard name != nil, target != nil else { return nil }
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
        switch kind {
        case nil: nil
        case "http": fields.optional("http", .httpURL).map { .http($0) }
        case "tcp": fields.optional("tcp", .hostAndPort).map { .tcp(host: $0.host, port: $0.port) }
        case "dns": fields.optional("dns", .nameServer).map { .dns(host: $0.host, port: $0.port) }
        case "tls": fields.optional("tls", .hostAndPort).map { .tls(host: $0.host, port: $0.port) }
        default: fields.optional("icmp", .hostName).map { .icmp(host: $0) }
        }
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

    private static func question(_ fields: inout Fields) -> Question {
        var question = Question()
        question.name = fields.required("query", .domainName) ?? ""
        question.type = fields.value("type", .recordType, default: question.type)
        question.usesConnection = fields.value("transport", .choice(["udp": false, "tcp": true]), default: false)
        question.codes = fields.value("expect_code", .list(of: .responseCode), default: question.codes)
        question.answers = fields.value("expect_answer", .list(of: .partPattern), default: [])
        question.refusedAnswer = fields.optional("refuse_answer", .partPattern)
        return question
    }

    private static func ping(_ fields: inout Fields) -> Ping {
        var ping = Ping()
        // What fits into one packet on any way.
        ping.payload = fields.value("payload_size", .integer(in: 8...1_400), default: ping.payload)
        ping.version = fields.optional("ip_protocol", .choice(["4": 4, "6": 6]))
        return ping
    }
}
