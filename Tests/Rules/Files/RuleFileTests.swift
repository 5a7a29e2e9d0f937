import Diagnostics
import Metrics
import PromQL
import Testing
import YAML

@testable import Rules

@Suite struct `A rule file` {
    static func read(_ text: String) -> (file: RuleFile?, problems: [String]) {
        let source = SourceText(name: "rules.yml", text: text)
        let problems = Problems(in: source)
        let file = RuleFile(source, problems: problems)
        let lines = problems.diagnostics.map { problem in
            let place = source.place(of: problem.range.lowerBound)
            return "\(place.line):\(place.column): \(problem.message) [\(problem.code)]"
                + (problem.help.map { " - \($0)" } ?? "")
        }
        return (file, lines)
    }

    @Test func `Everything that Prometheus and medic know is read`() throws {
        let (file, problems) = Self.read(
            """
            groups:
              - name: api
                interval: 30s
                query_offset: 1m
                limit: 10
                evaluate: on_change
                labels: {team: web}
                rules:
                  - record: job:up:sum
                    expr: sum by (job) (up)
                    labels: {tier: one}
                  - alert: Down
                    expr: up == 0
                    for: 1m
                    keep_firing_for: 5m
                    for_tolerates: 1
                    clear_when: up == 1
                    labels: {severity: critical}
                    annotations: {summary: 'down'}
            """
        )
        #expect(problems.isEmpty)
        let group = try #require(file?.groups.first)
        #expect(group.name.value == "api")
        #expect(group.interval == .seconds(30))
        #expect(group.queryOffset == .minutes(1))
        #expect(group.limit == 10)
        #expect(group.evaluatesOnChange)
        #expect(group.labels.map(\.name.value) == ["team"])
        #expect(group.rules.map(\.name.value) == ["job:up:sum", "Down"])
        guard case .alerting(let rule) = group.rules[1].kind else {
            Issue.record("the second rule alerts")
            return
        }
        #expect(rule.hold?.value == .minutes(1))
        #expect(rule.keepFiring == .minutes(5))
        #expect(rule.toleratedMisses == 1)
        #expect(rule.clearWhen?.text.text == "up == 1")
        #expect(rule.annotations.map(\.text.text) == ["down"])
    }

    @Test(arguments: [
        ("", []),
        ("groups: []", []),
        ("groups:\n- {name: a, limit: -1, rules: []}\n", []),
        (
            "groups:\n- name: a\n- name: a\n",
            [
                "3:9: group name \"a\" is repeated in the same file [rules/repeated-group]"
                    + " - give each group of a file a name of its own"
            ]
        ),
        ("groups:\n- rules: []\n", ["2:3: the key 'name' is missing: a text that is not empty [yaml/missing-key]"]),
        (
            "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up\n    forr: 1m\n",
            ["6:5: unknown key 'forr' [yaml/unknown-key] - did you mean 'for'?"]
        ),
        (
            "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up\n    for: 60\n",
            [
                "6:10: '60' is not a duration such as 30s, 5m or 1h30m [yaml/bad-value]"
                    + " - write 60s for seconds"
            ]
        ),
        (
            "groups:\n- name: a\n  rules:\n  - alert: A\n    record: B\n    expr: up\n",
            ["4:5: only one of 'record' or 'alert' can be given [yaml/conflict]"]
        ),
        (
            "groups:\n- name: a\n  rules:\n  - expr: up\n    for: 1m\n",
            ["4:5: one of 'record' or 'alert' is missing [yaml/missing-key]"]
        ),
        (
            "groups:\n- name: a\n  rules:\n  - record: a\n    expr: up\n    for: 1m\n",
            [
                "6:5: 'for' is not supported: it belongs to alerting rules, and this rule records [yaml/unsupported]"
            ]
        ),
        (
            "groups:\n- name: a\n  rules:\n  - record: 'a{b=\"c\"}'\n    expr: up\n",
            [
                "4:13: braces in the name of the recorded metric: a{b=\"c\"} [rules/bad-name]"
                    + " - write labels under 'labels', or move the selector to 'expr'"
            ]
        ),
        (
            "groups:\n- name: a\n  rules:\n  - alert: a\n    expr: up\n    labels: {__name__: x}\n",
            ["6:14: invalid label name: \"__name__\" [rules/bad-label]"]
        ),
    ])
    func `What is wrong is told at its place`(text: String, expected: [String]) {
        let (_, problems) = Self.read(text)
        #expect(problems == expected)
    }

    @Test func `A mistake inside an expression is told at its place in the file, and all mistakes at once`() {
        let (file, problems) = Self.read(
            """
            groups:
              - name: a
                rules:
                  - alert: A
                    expr: |
                      sum(up) by (job
                        > 1
                  - alert: B
                    expr: "rate(up)"
                    severity: page
            """
        )
        #expect(file == nil)
        #expect(problems.count == 3)
        #expect(problems[0].hasPrefix("7:"))
        #expect(problems[1].hasPrefix("9:"))
        #expect(problems[2].hasPrefix("10:9: unknown key 'severity'"))
    }
}
