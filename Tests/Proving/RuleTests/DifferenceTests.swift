import Testing

@testable import Proving

/// What a reader sees of a failure.
@Suite struct RuleTestDifferenceTests {
    private static let rules = [
        "rules.yml": """
        groups:
          - name: g
            rules:
              - alert: Down
                expr: up == 0
                for: 5m
                labels: {severity: page}
                annotations: {summary: '{{ $labels.instance }} of the cluster in the cellar is down'}
              - alert: Full
                expr: (free / total * 100 < 10) and on (instance) up
              - alert: Lots
                expr: 3 < queue
              - {record: twice, expr: free * 2}
        """
    ]

    private func lines(_ test: String) -> [String] {
        run("rule_files: [rules.yml]\ntests:\n  - interval: 1m\n" + test, rules: Self.rules).lines
    }

    @Test func `An annotation that differs is shown with the place where it begins to`() {
        let lines = lines(
            """
                input_series: [{series: 'up{instance="a"}', values: '0x20'}]
                alert_rule_test:
                  - eval_time: 10m30s
                    alertname: Down
                    exp_alerts:
                      - exp_labels: {instance: a, severity: page}
                        exp_annotations: {summary: a of the cluster in the attic is down}
            """
        )
        #expect(
            lines == [
                "Down at 10m30s, as evaluated at 10m",
                #"  {instance="a", severity="page"}"#,
                #"-   summary: "a of the cluster in the attic is down""#,
                #"+   summary: "a of the cluster in the cellar is down""#,
                "                                      ^",
            ]
        )
    }

    @Test func `A label that differs stands below those that do not`() {
        let lines = lines(
            """
                input_series: [{series: 'up{instance="a"}', values: '0x20'}]
                alert_rule_test:
                  - eval_time: 10m
                    alertname: Down
                    exp_alerts:
                      - exp_labels: {instance: a, severity: warn, zone: ''}
            """
        )
        #expect(
            lines == [
                "Down at 10m",
                #"  {instance="a"}"#,
                #"-   severity="warn""#,
                #"+   severity="page""#,
                #"-   zone="""#,
                "  no alert has an empty label: leave zone out",
                #"+   summary: "a of the cluster in the cellar is down""#,
            ]
        )
    }

    @Test func `An alert that waits tells how long it has`() {
        let lines = lines(
            """
                input_series: [{series: 'up{instance="a"}', values: '1 0x20'}, {series: 'up{instance="b"}', values: '1 1 0x20'}]
                alert_rule_test:
                  - {eval_time: 4m, alertname: Down, exp_alerts: [{exp_labels: {instance: b, severity: page}}]}
            """
        )
        #expect(
            lines == [
                "Down at 4m",
                #"- {instance="b", severity="page"}"#,
                #"    pending since 2m, for 2m of 5m, value 0: {alertname="Down", instance="b", severity="page"}"#,
            ]
        )
    }

    @Test func `An alert that is not true tells what its expression compares`() {
        let lines = lines(
            """
                input_series:
                  - {series: 'free{instance="a"}', values: '12x20'}
                  - {series: 'free{instance="b"}', values: '13x20'}
                  - {series: 'total{instance="a"}', values: '100x20'}
                  - {series: 'total{instance="b"}', values: '100x20'}
                alert_rule_test:
                  - {eval_time: 4m, alertname: Full, exp_alerts: [{exp_labels: {instance: b}}]}
                  - {eval_time: 5m, alertname: Lots, exp_alerts: [{}]}
            """
        )
        #expect(
            lines == [
                "Full at 4m",
                #"- {instance="b"}"#,
                #"    inactive: free / total * 100 is 13 for {instance="b"}; wanted < 10"#,
                "Lots at 5m",
                "- {}",
                "    inactive: queue yields nothing like it",
            ]
        )
    }

    @Test func `An alert that is over tells since when`() {
        let lines = lines(
            """
                input_series: [{series: 'queue{instance="b"}', values: '5 5 1x20'}]
                alert_rule_test:
                  - {eval_time: 4m, alertname: Lots, exp_alerts: [{exp_labels: {instance: b}}]}
            """
        )
        #expect(
            lines == [
                "Lots at 4m",
                #"- {instance="b"}"#,
                #"    over since 2m: {alertname="Lots", instance="b"}"#,
            ]
        )
    }

    @Test func `A name that no rule has brings up the one that was meant`() {
        let lines = lines(
            """
                alert_rule_test:
                  - {eval_time: 4m, alertname: Dwon, exp_alerts: [{}, {exp_labels: {instance: b}}]}
            """
        )
        #expect(
            lines == [
                "Dwon at 4m", "- {}", "    no rule has this name; did you mean Down?", #"- {instance="b"}"#,
            ]
        )
    }

    @Test func `An alert too many tells since when it fires`() {
        let lines = lines(
            """
                input_series: [{series: 'queue{instance="a"}', values: '1 1 5x20'}, {series: 'queue{instance="b"}', values: '5x20'}]
                alert_rule_test:
                  - {eval_time: 4m, alertname: Lots, exp_alerts: [{exp_labels: {instance: b}}]}
            """
        )
        #expect(
            lines == [
                "Lots at 4m",
                #"+ {instance="a"}"#,
                "    firing since 2m, value 5, group g",
                "  1 alert is as expected",
            ]
        )
    }

    @Test func `Samples stand beside each other`() {
        let lines = lines(
            """
                input_series: [{series: 'free{instance="a"}', values: '1x20'}, {series: 'free{instance="b"}', values: '2x20'}]
                promql_expr_test:
                  - expr: twice
                    eval_time: 2m
                    exp_samples:
                      - {labels: 'twice{instance="a"}', value: 2}
                      - {labels: 'twice{instance="b"}', value: 4.5}
                      - {labels: 'twice{instance="c"}', value: 6}
                  - {expr: free, eval_time: 1m}
                  - {expr: total, eval_time: 1m, exp_samples: [{labels: total, value: 1}]}
            """
        )
        #expect(
            lines == [
                "twice at 2m",
                #"- twice{instance="b"} 4.5"#,
                #"+ twice{instance="b"} 4"#,
                #"- twice{instance="c"} 6"#,
                "  1 sample is as expected",
                "free at 1m",
                "- nothing",
                #"+ free{instance="a"} 1"#,
                #"+ free{instance="b"} 2"#,
                "total at 1m",
                "- total 1",
                "+ nothing",
            ]
        )
    }

    @Test func `What is wrong inside a test is told at its place and fails that test alone`() {
        let report = run(
            """
            tests:
              - name: bad series
                input_series: [{series: 'up{a=b}', values: '1 2 tree'}]
              - name: bad expression
                promql_expr_test: [{expr: sum(up, eval_time: 1m}, {expr: vector(1), eval_time: 1m, exp_samples: [{value: 2}]}]
              - name: histogram
                input_series: [{series: up, values: '{{schema:0}}'}]
              - name: fine
                promql_expr_test: [{expr: vector(1), eval_time: 1m, exp_samples: [{value: 1}]}]
            """
        )
        #expect(report.obstacle == nil)
        #expect(report.verdicts.map(\.isSuccess) == [false, false, false, true])
        #expect(
            report.lines.filter { $0.hasPrefix("  ") } == [
                "  3:35: unexpected identifier \"b\" in label set, expected string",
                "  3:53: malformed value \"tree\"",
                "  5:37: unclosed left parenthesis",
                "  7:41: native histograms are not supported yet",
            ]
        )
        #expect(report.lines.contains("vector(1) at 1m"))
    }

    @Test func `A rule that fails ends the test and is told with its time`() {
        let report = run(
            "rule_files: [r.yml]\ntests: [{promql_expr_test: [{expr: vector(1), eval_time: 3m}]}]",
            rules: [
                "r.yml":
                    "groups: [{name: g, rules: [{record: r, expr: 'label_replace(a, \"x\", \"\", \"x\", \".*\")'}]}]"
            ]
        )
        #expect(report.lines == ["vector(1) at 3m", "- nothing", "+ {} 1"])
        let failing = run(
            """
            rule_files: [r.yml]
            tests:
              - input_series: [{series: 'a{x="1"}', values: 1}, {series: 'a{x="2"}', values: 1}]
                promql_expr_test: [{expr: vector(1), eval_time: 3m}]
            """,
            rules: ["r.yml": "groups: [{name: g, rules: [{record: r, expr: a, labels: {x: ''}}]}]"]
        )
        #expect(failing.lines.count == 1)
        #expect(failing.lines.first?.hasPrefix("rule r of group g fails at 0s: vector contains metrics") == true)
    }
}
