import Foundation
import JSON
import Testing

@testable import Web

/// The requests that Grafana's Prometheus data source sends, answered by Prometheus and by medic from the same samples.
@Suite struct GrafanaReplayTests {
    struct Request: Sendable, CustomTestStringConvertible {
        enum Comparison: Sendable {
            /// The data is the same, to the letter; the series of a vector in any order.
            case same
            /// Values differ from program to program; members and the kinds of their values are the same.
            case shape
            /// Both refuse, with the same status and kind of error.
            case refusal
            /// Both refuse in the same words.
            case words
        }

        let path: String
        let parameters: [(String, String)]
        let comparison: Comparison
        let methods: [String]

        init(
            _ path: String,
            _ parameters: [(String, String)] = [],
            _ comparison: Comparison = .same,
            both: Bool = false
        ) {
            self.path = path
            self.parameters = parameters
            self.comparison = comparison
            methods = both ? ["GET", "POST"] : ["GET"]
        }

        var testDescription: String { path + " " + parameters.map { "\($0.0)=\($0.1)" }.joined(separator: "&") }
    }

    private static let (start, end) = ("1600000000", "1600000600")
    private static let span = [("start", start), ("end", end)]

    private static func instant(_ query: String, _ comparison: Request.Comparison = .same) -> Request {
        Request("/api/v1/query", [("query", query), ("time", "1600000300.5")], comparison, both: true)
    }

    // Ranges are open to the left since Prometheus 3, closed in Prometheus 2: no window here begins on a sample.
    private static func range(_ query: String, step: String = "15", _ comparison: Request.Comparison = .same) -> Request
    {
        Request("/api/v1/query_range", [("query", query)] + span + [("step", step)], comparison, both: true)
    }

    static let questions: [Request] = [
        // The test of a data source, and its guess at what product it is.
        Request("/api/v1/query", [("query", "1+1"), ("time", "4")], both: true),
        Request("/api/v1/status/buildinfo", [], .shape),
        instant("requests_total"), instant("sum by (job) (rate(requests_total[2m]))"), instant("temperature[1m]"),
        instant("histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[290s])))"), instant("\"text\""),
        instant("nothing_there"), instant("temperature / 0"),
        instant("label_replace(temperature, \"a\", \"$1\", \"room\", \"(.*)\")"),
        range("requests_total"), range("rate(requests_total[70s])", step: "15s"), range("temperature > 20"),
        range("scalar(sum(temperature))", step: "60.000"),
        range("sum by (code) (increase(requests_total[310s]))", step: "1m"),
        range("nothing_there"),
        Request("/api/v1/query_exemplars", [("query", "requests_total")] + span, both: true),
        Request("/api/v1/labels", span, both: true),
        Request("/api/v1/labels", span + [("match[]", "temperature")], both: true),
        Request("/api/v1/labels", span + [("match[]", "nothing_there")], both: true),
        Request("/api/v1/label/__name__/values", span),
        Request("/api/v1/label/job/values", span + [("match[]", "requests_total{code=~\"5..\"}")]),
        Request("/api/v1/label/code/values", span + [("match[]", "requests_total"), ("match[]", "temperature")]),
        Request("/api/v1/label/nothing/values", span),
        Request("/api/v1/series", span + [("match[]", "temperature")], both: true),
        Request(
            "/api/v1/series",
            span + [("match[]", "temperature"), ("match[]", "{job=\"api\",code=\"500\"}")],
            both: true
        ),
        Request("/api/v1/series", [("match[]", "temperature"), ("start", "1700000000"), ("end", "1700000600")]),
        Request(
            "/api/v1/format_query",
            [
                (
                    "query",
                    "sum(rate(requests_total{job=\"api\",code=~\"5..\"}[5m]))by(job)/ignoring(code)sum(requests_total)>0.1"
                )
            ],
            both: true
        ),
        Request("/api/v1/metadata", [("limit", "1"), ("metric", "go_threads")], .shape),
        Request("/api/v1/metadata", [("metric", "nothing_there")]),
        Request("/api/v1/targets", [], .shape), Request("/api/v1/targets", [("state", "active")], .shape),
        Request("/api/v1/targets", [("state", "dropped")], .shape),
        Request("/api/v1/scrape_pools", [], .shape),
        Request("/api/v1/targets/metadata", [("metric", "go_threads"), ("match_target", "{job=\"self\"}")], .shape),
        Request("/api/v1/targets/metadata", [("match_target", "{job=\"other\"}")]),
        Request("/api/v1/rules", [], .shape), Request("/api/v1/rules", [("type", "alert")], .shape),
        Request("/api/v1/rules", [("type", "record")], .shape), Request("/api/v1/rules", [("type", "x")], .words),
        Request("/api/v1/alerts", [], .shape), Request("/api/v1/alertmanagers", [], .shape),
        Request("/api/v1/status/config", [], .shape), Request("/api/v1/status/runtimeinfo", [], .shape),
        Request("/api/v1/status/tsdb", [], .shape),
    ]

    static let mistakes: [Request] = [
        instant("sum(", .refusal), instant("", .refusal), instant("rate(requests_total)", .refusal),
        instant("requests_total * on(job) temperature", .refusal), instant("unknown_function(up)", .refusal),
        Request("/api/v1/query", [("query", "up"), ("time", "noon")], .refusal),
        Request("/api/v1/query", [("query", "up"), ("timeout", "soon")], .words),
        Request("/api/v1/query_range", [("query", "up")], .words),
        Request("/api/v1/query_range", [("query", "up"), ("start", "1"), ("end", "x"), ("step", "1")], .words),
        Request("/api/v1/query_range", [("query", "up"), ("start", "1"), ("end", "2"), ("step", "x")], .words),
        Request("/api/v1/query_range", [("query", "up"), ("start", "1"), ("end", "2"), ("step", "0")], .words),
        Request("/api/v1/query_range", [("query", "up"), ("start", "2"), ("end", "1"), ("step", "1")], .words),
        Request("/api/v1/query_range", [("query", "up"), ("start", "1"), ("end", "20000"), ("step", "1")], .words),
        range("temperature[1m]", .refusal), range("\"text\"", .refusal),
        Request("/api/v1/series", span, .words), Request("/api/v1/series", [("match[]", "{")], .refusal),
        Request("/api/v1/labels", [("match[]", "{}")], .refusal), Request("/api/v1/labels", [("start", "x")], .refusal),
        Request("/api/v1/labels", [("match[]", "a b")], .refusal),
        Request("/api/v1/label/job/values", [("match[]", "{x=~\"[\"}")], .refusal),
        Request("/api/v1/format_query", [("query", "sum(")], .refusal),
        Request("/api/v1/query_exemplars", [("query", "sum(")] + span, .refusal),
    ]

    /// Ten minutes of counters with resets, gauges and a histogram.
    private static let samples: String = {
        var lines: [String] = []
        func line(_ series: String, _ step: Int, _ value: Double) {
            lines.append("\(series) \(value) \(1_600_000_000 + step * 15)")
        }
        lines.append("# TYPE requests counter")
        for (place, code) in ["200", "404", "500"].enumerated() {
            for step in 0...40 {
                line(#"requests_total{job="api",code="\#(code)"}"#, step, Double((step * (place + 3)) % 97))
            }
        }
        lines.append("# TYPE temperature gauge")
        for room in ["hall", "a \\\"quoted\\\" room", "küche"] {
            for step in 0...40 where step != 7 {
                line(#"temperature{room="\#(room)"}"#, step, 15 + Double((step * 7) % 13) / 3)
            }
        }
        lines.append("# TYPE latency_seconds histogram")
        for (place, bound) in ["0.1", "1.0", "+Inf"].enumerated() {
            for step in 0...40 { line(#"latency_seconds_bucket{le="\#(bound)"}"#, step, Double(step * (place + 1))) }
        }
        return (lines + ["# EOF", ""]).joined(separator: "\n")
    }()

    @Test func `Grafana's requests are answered as Prometheus answers them`() async throws {
        let prometheus = try PrometheusPeer(samples: Self.samples)
        let medic = try MedicPeer(samples: Self.samples)
        try await prometheus.waitUntilReady()
        for request in Self.questions + Self.mistakes {
            for method in request.methods {
                let expected = try await ask(port: prometheus.port, method, request.path, request.parameters)
                let actual = try await ask(port: medic.port, method, request.path, request.parameters)
                let name = "\(method) \(request.testDescription)"
                #expect(actual.status == expected.status, "\(name): \(actual.body) \(expected.body)")
                #expect(actual.type == expected.type, "\(name)")
                compare(request.comparison, actual.json, expected.json, name)
            }
        }
    }

    private func compare(_ comparison: Request.Comparison, _ actual: JSONValue, _ expected: JSONValue, _ name: String) {
        #expect(actual["status"] == expected["status"], "\(name)")
        #expect(actual["errorType"] == expected["errorType"], "\(name)")
        switch comparison {
        case .same: #expect(sorted(actual["data"]) == sorted(expected["data"]), "\(name)")
        case .shape: #expect(Shape(actual).lacks(of: Shape(expected)) == [], "\(name)")
        case .refusal: #expect(actual["error"]?.string?.isEmpty == false, "\(name)")
        case .words: #expect(actual["error"] == expected["error"], "\(name)")
        }
    }

    /// Prometheus leaves it open in which order the series of a vector come.
    private func sorted(_ data: JSONValue?) -> JSONValue? {
        guard data?["resultType"] == "vector", let result = data?["result"]?.array else { return data }
        return .array(result.sorted { $0.description < $1.description })
    }

    @Test func `What Grafana probes for is not there`() async throws {
        let medic = try MedicPeer(samples: "# EOF\n")
        for path in [
            "/graph", "/config/v1/rules/test/test", "/api/v1/rules/test/test", "/prometheus/config/v1/rules",
            "/api/v1/unknown",
        ] {
            #expect(try await ask(port: medic.port, "GET", path, []).status == 404)
        }
        #expect(try await ask(port: medic.port, "GET", "/api/v1/status/buildinfo", []).json["data"]?["features"] == nil)
    }
}

/// Which members there are, and what kind of values they have.
private struct Shape {
    private let kinds: [String: String]

    init(_ value: JSONValue) {
        var kinds: [String: String] = [:]
        Self.collect(value, "", &kinds)
        self.kinds = kinds
    }

    // Below these the names are data.
    private static let free = [
        "labels", "discoveredLabels", "annotations", "data.go_threads", "target", "headStats.",
    ]

    private static func collect(_ value: JSONValue, _ path: String, _ kinds: inout [String: String]) {
        let kind = value.double == nil ? value.kind : "a number"
        kinds[path] = kind
        if free.contains(where: { path.hasSuffix($0) }) { return }
        for member in value.object?.members ?? [] { collect(member.value, path + "." + member.name, &kinds) }
        // Alerting and recording rules stand in one list.
        for element in value.array ?? [] {
            let type = element["type"]?.string.map { "(\($0))" } ?? ""
            collect(element, path + "[]" + type, &kinds)
        }
    }

    /// What the other has and this has not, or of another kind.
    func lacks(of other: Shape) -> [String] {
        other.kinds.filter { kinds[$0.key] != $0.value }.map {
            "\($0.key): \($0.value), not \(kinds[$0.key] ?? "there")"
        }.sorted()
    }
}
