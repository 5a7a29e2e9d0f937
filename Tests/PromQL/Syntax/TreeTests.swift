import Diagnostics
import JSON
import Metrics
import PromQL
import Testing

@Suite("Looking at trees") struct TreeTests {
    @Test func `Selectors come with their windows and the subqueries around them`() throws {
        let uses = try parsed("a + rate(b[5m]) + max_over_time(sum(rate(c[1m]))[1h:] offset 1d)").selectorUses
        #expect(uses.map(\.selector.metricName) == ["a", "b", "c"])
        #expect(uses.map { $0.window?.description } == [nil, "5m", "1m"])
        #expect(uses.map(\.subqueries.count) == [0, 0, 1])
        #expect(uses.last?.subqueries.first?.offset?.description == "1d")
    }

    @Test(arguments: [
        ("1", true), ("a", false), ("a @ 5", true), ("a @ end()", true), ("a @ 5 + b", false), ("time()", false),
        ("rate(a[5m] @ 1)", true), ("timestamp(a @ 1)", false), ("hour(a @ 1)", false), ("sum(a @ 1) * pi()", true),
        ("max_over_time(a[1h:] @ 1)", true), ("max_over_time(a @ 1[1h:])", false),
    ])
    func `Steps matter to what has no fixed time`(query: String, isInvariant: Bool) throws {
        #expect(try parsed(query).isStepInvariant == isInvariant)
    }

    @Test(arguments: [
        ("5m", 300.0), ("5m + step()", 315), ("range() / 2", 300), ("-(1h - 2h)", 3600), ("min_of(1m, step())", 15),
        ("max_of(1m, step())", 60), ("2 ^ 3 ^ 0", 2), ("7 % 4", 3),
    ])
    func `Durations are worth seconds`(text: String, seconds: Double) throws {
        guard case .matrixSelector(let node) = try parsed("a[\(text)]") else {
            Issue.record("no range")
            return
        }
        #expect(node.window.seconds(step: 15, range: 600) == seconds)
    }

    @Test func `The tree as the HTTP API gives it`() throws {
        let json = try parsed("sum by (job) (rate(a{x!=\"1\"}[5m] @ 1.5 offset -1m)) > bool on () group_left 2 * b")
            .json
        #expect(json["type"] == "binaryExpr")
        #expect(json["bool"] == true)
        #expect(json["matching"]?["card"] == "many-to-one")
        #expect(json["matching"]?["fillValues"] == ["lhs": .null, "rhs": .null])
        #expect(json["rhs"]?["lhs"] == ["type": "numberLiteral", "val": "2"])
        #expect(json["rhs"]?["matching"] == .null)
        let call = json["lhs"]?["expr"]
        #expect(json["lhs"]?["grouping"] == ["job"])
        #expect(call?["func"] == ["name": "rate", "argTypes": ["matrix"], "variadic": 0, "returnType": "vector"])
        #expect(
            call?["args"]?.array?.first == [
                "type": "matrixSelector", "name": "a",
                "matchers": [
                    ["name": "x", "value": "1", "type": "!="], ["name": "__name__", "value": "a", "type": "="],
                ], "offset": -60_000, "timestamp": 1500, "startOrEnd": .null, "anchored": false, "smoothed": false,
                "range": 300_000,
            ]
        )
    }

    @Test(arguments: [
        Row("rate(x_total[5m]) + histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) + delta(temp[1h])", ""),
        Row("rate(temp[5m])", "1:6 information promql/rate-of-gauge"),
        Row("increase(up[5m])", "1:10 information promql/rate-of-gauge"),
        Row("increase(node_vmstat_oom_kill[5m])", ""),
        Row("delta(x_total[5m])", "1:7 warning promql/gauge-function-of-counter"),
        Row("rate(sum(x_total)[5m:])", "1:6 warning promql/rate-of-aggregation"),
        Row("histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m])))", "1:25 warning promql/histogram-without-le"),
        Row("histogram_quantile(0.9, sum without (job) (rate(x_bucket[5m])))", ""),
        Row("histogram_quantile(0.9, sum by (job) (rate(x_seconds_sum[5m])))", ""),
        Row("histogram_quantile(95, x_bucket)", "1:20 warning promql/quantile-range"),
        Row("a{job=~\"api\"} + b{job=~\"api|web\"}", "1:1 information promql/needless-regex"),
        Row("rat(a)", "1:1 error promql/parse"),
    ])
    func `Likely mistakes are remarked`(row: Row) {
        let remarks = checkExpression(SourceText(text: row.input))
        let lines = remarks.map { "\($0.source.place(of: $0.range.lowerBound)) \($0.severity.rawValue) \($0.code)" }
        #expect(lines.joined(separator: "\n") == row.output)
    }
}

@Suite("Metrics and selectors alone") struct MetricTests {
    @Test(arguments: [
        Row("up", "up"), Row("up{job=\"api\", x='1',}", #"up{job="api", x="1"}"#), Row("{}", "{}"), Row("up{}", "up"),
        Row("{\"a.b\", \"x y\"=\"z\"}", #"{"a.b", "x y"="z"}"#), Row("{__name__=\"up\"}", "up"),
        Row("sum{by=\"1\"}", #"sum{by="1"}"#),
        Row("a{b=\"\"}", "a"),
    ])
    func `Descriptions of series`(row: Row) throws {
        #expect(try parseMetric(row.input).description == row.output)
    }

    @Test(arguments: [
        Row("", "1:1: parse error: unexpected end of input, expected a metric"),
        Row("a b", #"1:3: parse error: unexpected identifier "b", expected end of input"#),
        Row("a{b}", #"1:4: parse error: unexpected "}" in label set, expected "=""#),
        Row("a{b=c}", #"1:5: parse error: unexpected identifier "c" in label set, expected string"#),
        Row("a{b!=\"c\"}", #"1:4: parse error: unexpected <op:!=> in label set, expected "=""#),
        Row("a{b=\"c\" d=\"e\"}", #"1:9: parse error: unexpected identifier "d" in label set, expected "," or "}""#),
    ])
    func `Broken descriptions of series`(row: Row) {
        let error = #expect(throws: ParseError.self) { try parseMetric(row.input) }
        #expect(error?.description(in: row.input) == row.output)
    }

    @Test(arguments: [
        ("up 1 2 3", "up", " 1 2 3"), ("up{a=\"b\"} {{schema:0}}x3", "up{a=\"b\"}", " {{schema:0}}x3"),
        ("up {{schema:0}}", "up", " {{schema:0}}"), ("{\"a.b\"}\t_x5 stale", "{\"a.b\"}", "\t_x5 stale"),
        ("up", "up", ""),
    ])
    func `A description is found before other text`(text: String, metric: String, rest: String) throws {
        let found = try parseMetric(prefixOf: text)
        #expect(found.labels.description == metric)
        #expect(String(decoding: Array(text.utf8)[found.end...], as: UTF8.self) == rest)
    }

    @Test func `A selector alone gives its conditions`() throws {
        let matchers = try parseSelector("up{job=~\"a|b\", x!=\"\"}")
        #expect(matchers.map(\.description) == ["job=~\"a|b\"", "x!=\"\"", "__name__=\"up\""])
        #expect(throws: ParseError.self) { try parseSelector("up offset 5m") }
        #expect(throws: ParseError.self) { try parseSelector("rate(up[5m])") }
    }
}
