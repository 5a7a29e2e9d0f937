import Diagnostics
import Metrics
import PromQL
import Testing
import YAML

@testable import Rules

@Suite struct `What is likely a mistake in a rule` {
    /// A rule, and the findings: code and the text they point to.
    struct Case: CustomTestStringConvertible {
        let rule: String
        let findings: [String]
        var testDescription: String { rule.split(separator: "\n").joined(separator: ", ") }

        init(_ rule: String, _ findings: String...) {
            self.rule = rule
            self.findings = findings
        }
    }

    static func read(_ text: String) throws -> RuleFile {
        let source = SourceText(name: "rules.yml", text: text)
        let problems = Problems(in: source)
        return try #require(RuleFile(source, problems: problems), "\(problems.diagnostics.map(\.message))")
    }

    /// A rule in a group of a minute, written in flow style: `alert: A, expr: x > 1`.
    static func findings(_ rule: String, group: String = "interval: 1m", _ facts: RuleFacts = RuleFacts()) throws
        -> [Diagnostic]
    {
        try read(
            "groups:\n- name: g\n  \(group)\n  rules:\n  - \(rule.split(separator: "\n").joined(separator: "\n    "))\n"
        )
        .findings(facts)
    }

    private static func check(_ row: Case, _ facts: RuleFacts = RuleFacts()) throws {
        let findings = try findings(row.rule, facts).map { "\($0.code): \($0.source[$0.range])" }
        #expect(findings == row.findings)
        let codes = try Self.findings(row.rule, facts)
        #expect(codes.allSatisfy { $0.help != nil && !$0.message.hasSuffix(".") })
    }

    private static func alert(_ expression: String, _ more: String = "") -> String {
        "alert: A\nexpr: '\(expression)'\n\(more)"
    }

    // MARK: Conditions

    static let conditions: [Case] = [
        Case(alert("x > 1")),
        Case(alert("rate(x_total[5m])"), "rules/no-condition: rate(x_total[5m])"),
        Case(alert("a / b"), "rules/no-condition: a / b"),
        Case(alert("x > bool 1"), "rules/no-condition: x > bool 1"),
        Case(alert("sum by (job) (x > 1)")),
        Case(alert("absent(x)")),
        Case(alert("vector(1)")),
        Case(alert("1")),
        Case(alert("x and on (job) y")),
        Case(alert("x unless y")),
        Case(alert("(x > 1) or y"), "rules/no-condition: (x > 1) or y"),
        Case(alert("(x > 1) or (y < 3)")),
        Case(alert("scalar(x > 1)"), "rules/no-condition: scalar(x > 1)"),
        Case(alert("x"), "rules/no-condition: x"),
        Case(alert("x > 1", "clear_when: y"), "rules/no-condition: y"),
        Case("record: a:b\nexpr: rate(x_total[5m])"),
    ]

    @Test(arguments: conditions)
    func `An alert without a condition always fires`(row: Case) throws { try Self.check(row) }

    @Test func `Of a selector alone it is only information`() throws {
        #expect(try Self.findings(Self.alert("x")).map(\.severity) == [.information])
        #expect(try Self.findings(Self.alert("x + 1")).map(\.severity) == [.warning])
    }

    // MARK: Comparisons

    static let comparisons: [Case] = [
        Case(alert("count(x) < 0"), "rules/never-true: count(x) < 0"),
        Case(alert("count(x) < 1"), "rules/never-true: count(x) < 1"),
        Case(alert("count(x) < 2")),
        Case(alert("0 > count(x)"), "rules/never-true: 0 > count(x)"),
        Case(alert("count(x) > 0")),
        Case(alert("count(x == 0) >= 1")),
        Case(alert("absent(x) == 1")),
        Case(alert("absent(x) > 1"), "rules/never-true: absent(x) > 1"),
        Case(alert("up > 1"), "rules/never-true: up > 1"),
        Case(alert("up == 2"), "rules/never-true: up == 2"),
        Case(alert("up == 0")),
        Case(alert("up >= 0"), "rules/always-true: up >= 0"),
        Case(alert("avg by (job) (up) > 1"), "rules/never-true: avg by (job) (up) > 1"),
        Case(alert("sum(up) > 1")),
        Case(alert("1 - avg(up) > 1"), "rules/never-true: 1 - avg(up) > 1"),
        Case(alert("100 * avg(up) > 100"), "rules/never-true: 100 * avg(up) > 100"),
        Case(alert("avg(up) * 100 > 99")),
        Case(alert("rate(x_total[5m]) < 0"), "rules/never-true: rate(x_total[5m]) < 0"),
        Case(alert("changes(x[5m]) >= 0"), "rules/always-true: changes(x[5m]) >= 0"),
        Case(alert("hour() > 23"), "rules/never-true: hour() > 23"),
        Case(alert("x == NaN"), "rules/never-true: x == NaN"),
        Case(alert("x != NaN"), "rules/always-true: x != NaN"),
        Case(alert("x > Inf"), "rules/never-true: x > Inf"),
        Case(alert("vector(1) > 2"), "rules/never-true: vector(1) > 2"),
        Case(alert("x > 5 < 3"), "rules/never-true: x > 5 < 3"),
        Case(alert("x > 3 < 5")),
        Case(alert("x > 3 > 3"), "rules/always-true: x > 3 > 3"),
        Case(alert("x > (1 > bool 2)"), "rules/never-true: 1 > bool 2"),
        Case(alert("x_total < 0")),
        Case(alert("x - y > 0")),
        Case(alert("abs(x) < 0"), "rules/never-true: abs(x) < 0"),
        Case(alert("sum(abs(x)) < 0"), "rules/never-true: sum(abs(x)) < 0"),
        Case(alert("max(abs(x)) <= 0")),
        Case("record: a:b\nexpr: count(x) < 0", "rules/never-true: count(x) < 0"),
        // A vector and itself
        Case(alert("x > x"), "rules/never-true: x > x"),
        Case(
            alert("x{a=\"1\",b=\"2\"} < (x{b=\"2\",a=\"1\"})"),
            "rules/never-true: x{a=\"1\",b=\"2\"} < (x{b=\"2\",a=\"1\"})"
        ),
        Case(alert("x != x"), "rules/compared-with-itself: x != x"),
        Case(alert("x > x offset 5m")),
        Case(alert("x > on (job) group_left x")),
        // Contradictions
        Case(alert("x > 5 and x < 3"), "rules/contradiction: x > 5 and x < 3"),
        Case(alert("x > 5 and x <= 5"), "rules/contradiction: x > 5 and x <= 5"),
        Case(alert("x >= 5 and x <= 5")),
        Case(alert("5 < x and 3 > x"), "rules/contradiction: 5 < x and 3 > x"),
        Case(alert("x > 5 and y < 3")),
        Case(alert("x > 5 and on (job) x < 3")),
        Case(alert("(x > 5 and y > 1) and x == 2"), "rules/contradiction: x > 5 and y > 1) and x == 2"),
        Case(alert("x == 1 and x == 2"), "rules/contradiction: x == 1 and x == 2"),
        Case(alert("x > 3 or x < 5")),
    ]

    @Test(arguments: comparisons)
    func `Comparisons whose outcome is known are told`(row: Case) throws { try Self.check(row) }

    @Test func `The message says why`() throws {
        let finding = try #require(try Self.findings(Self.alert("avg(up) > 1")).first)
        #expect(finding.message == "this comparison is never true: the left side is from 0 to 1, the right side 1")
    }

    // MARK: Labels

    static let labels: [Case] = [
        Case(
            alert("sum by (job) (x) > 1", "annotations: {s: '{{ $labels.instance }} {{ $labels.job }}'}"),
            "rules/label-gone: $labels.instance"
        ),
        Case(alert("x > 1", "annotations: {s: '{{ $labels.instance }}'}")),
        Case(
            alert("sum(x) > 1", "labels: {team: '{{ .Labels.team }}'}"),
            "rules/label-gone: .Labels.team"
        ),
        Case(
            alert("sum(x) > 1", "annotations:\n  s: >-\n    on {{ with $labels.host }}{{ . }}{{ end }}\n    now"),
            "rules/label-gone: $labels.host"
        ),
        Case(
            alert("absent(up{job=\"a\"})", "annotations: {s: '{{ $labels.job }} {{ $labels.instance }}'}"),
            "rules/label-gone: $labels.instance"
        ),
        Case(alert("sum(x) > 1", "annotations: {s: '{{ $labels }}'}")),
        // Values
        Case(alert("x > 1", "labels: {v: '{{ $value }}'}"), "rules/changing-label: $value"),
        Case(alert("x > 1", "labels: {v: '{{ printf \"%f\" .Value }}'}"), "rules/changing-label: .Value"),
        Case(alert("x > 1", "annotations: {v: '{{ $value }}'}")),
        Case(alert("x > 1", "labels: {v: '{{ query \"y\" | first | value }}'}"), "rules/changing-label: \"y\""),
        Case(
            alert("x > 1", "labels: {severity: '{{ if gt $value 9.0 }}critical{{ else }}warning{{ end }}'}"),
            "rules/changing-label: $value"
        ),
        // Recording
        Case(
            "record: a:b\nexpr: sum(x)\nlabels: {i: '{{ $labels.i }}', j: plain}",
            "rules/template-in-recording: '{{ $labels.i }}'"
        ),
        Case("record: b\nexpr: sum(x)", "rules/recorded-name: b"),
    ]

    @Test(arguments: labels)
    func `Labels that are gone, that change, or are no templates are told`(row: Case) throws { try Self.check(row) }

    @Test func `A value that chooses a label is only information`() throws {
        let rule = Self.alert("x > 1", "labels: {s: '{{ if gt $value 9.0 }}a{{ else }}b{{ end }}'}")
        #expect(try Self.findings(rule).map(\.severity) == [.information])
    }

    @Test func `Labels that the rule adds are explained`() throws {
        let rule = Self.alert("sum(x) > 1", "labels: {team: a}\nannotations: {s: '{{ $labels.team }}'}")
        let helps = try Self.findings(rule).map(\.help)
        #expect(helps == ["$labels holds what the expression yields, not the labels that the rule adds"])
    }

    // MARK: Time

    static let times: [Case] = [
        Case(alert("x > 1", "for: 30s"), "rules/for-below-interval: 30s"),
        Case(alert("x > 1", "for: 0s")),
        Case(alert("x > 1", "for: 1m")),
        Case(alert("x > 1", "for_tolerates: 2"), "rules/tolerance-without-for: A"),
        Case(alert("x > 1", "for: 5m\nfor_tolerates: 2")),
        Case(alert("rate(x_total[20s]) > 1"), "rules/short-window: x_total[20s]"),
        Case(alert("rate(x_total[45s]) > 1"), "rules/short-window: x_total[45s]"),
        Case(alert("rate(x_total[1m]) > 1")),
        Case(alert("max_over_time(x[20s]) > 1")),
        Case(alert("rate(x_total[20s] smoothed) > 1")),
        Case(alert("deriv(sum(x)[1m:1m]) > 1"), "rules/short-window: sum(x)[1m:1m]"),
        Case(alert("max_over_time(rate(x_total[10s])[1h:1m]) > 1"), "rules/short-window: x_total[10s]"),
    ]

    @Test(arguments: times)
    func `Times that are too short are told`(row: Case) throws { try Self.check(row) }

    @Test func `What is assumed is information, what is known a warning`() throws {
        let rule = Self.alert("rate(x_total[30s]) > 1", "for: 30s")
        let assumed = try Self.findings(rule, group: "limit: 0")
        #expect(assumed.map(\.severity) == [.information, .information])
        let facts = RuleFacts(evaluationInterval: .minutes(1), scrapeInterval: .seconds(30))
        #expect(try Self.findings(rule, group: "limit: 0", facts).map(\.severity) == [.warning, .warning])
        let fast = RuleFacts(evaluationInterval: .seconds(5), scrapeInterval: .seconds(5))
        #expect(try Self.findings(rule, group: "limit: 0", fast).isEmpty)
        #expect(try Self.findings(Self.alert("x > 1", "for: 30s"), group: "evaluate: on_change").isEmpty)
    }

    // MARK: Histograms and metrics

    static let histograms: [Case] = [
        Case(
            alert("histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m]))) > 1"),
            "promql/histogram-without-le: sum by (job) (rate(x_bucket[5m]))"
        ),
        Case(
            alert("histogram_quantile(0.9, (sum(rate(x_bucket[5m])) > 0)) > 1"),
            "promql/histogram-without-le: (sum(rate(x_bucket[5m])) > 0)"
        ),
        Case(
            alert("histogram_quantile(0.9, max without (job) (sum without (le) (x_bucket))) > 1"),
            "promql/histogram-without-le: max without (job) (sum without (le) (x_bucket))"
        ),
        Case(alert("histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) > 1")),
        Case(alert("histogram_quantile(0.9, rate(x_bucket[5m])) > 1")),
    ]

    @Test(arguments: histograms)
    func `Buckets without their bounds are told, once`(row: Case) throws { try Self.check(row) }

    static let metrics: [Case] = [
        Case(alert("requests_total > 1 and up == 1")),
        Case(alert("request_total > 1"), "rules/unknown-metric: request_total"),
        Case(alert("rate({__name__=\"bad_total\"}[5m]) > 1"), "rules/unknown-metric: {__name__=\"bad_total\"}"),
        Case(alert("{__name__=~\"req.*l\"} > 1")),
        Case(alert("{__name__=~\"none.*\"} > 1"), "rules/unknown-metric: {__name__=~\"none.*\"}"),
        Case(alert("{job=\"x\"} > 1")),
        Case(alert("requests_total > 1", "clear_when: nothing < 1"), "rules/unknown-metric: nothing"),
    ]

    @Test(arguments: metrics)
    func `Metrics that nobody has shown are told`(row: Case) throws {
        try Self.check(row, RuleFacts(metrics: ["requests_total"]))
    }

    @Test func `The metric that was meant is suggested`() throws {
        let findings = try Self.findings(Self.alert("request_total > 1"), RuleFacts(metrics: ["requests_total"]))
        #expect(findings.map(\.help) == ["did you mean 'requests_total'?"])
    }

    @Test func `Remarks on PromQL stand at their place in the file`() throws {
        let finding = try #require(try Self.findings(Self.alert("rate(memory_bytes[5m]) > 1")).first)
        #expect(finding.code == "promql/rate-of-gauge")
        #expect(finding.source[finding.range] == "memory_bytes[5m]".dropLast(4))
    }
}
