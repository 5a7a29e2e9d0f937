import Alerting
import Diagnostics
import Testing

@testable import Proving

/// Alerts come over time, and a test says what must come of them: who is told in which groups, what silences, inhibits and mutes.
@Suite struct RouteVerdictTests {
    private static let configuration = """
        route:
          receiver: team
          group_by: [alertname]
          group_wait: 30s
          group_interval: 5m
          repeat_interval: 4h
          routes:
            - {matchers: ['severity="page"'], receiver: oncall, group_by: ['...'], group_wait: 0s}
            - {matchers: ['job="batch"'], receiver: team, mute_time_intervals: [nights]}
        inhibit_rules: [{source_matchers: ['alertname="HostDown"'], target_matchers: ['alertname="Slow"'], equal: [host]}]
        time_intervals: [{name: nights, time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}]}]}]
        receivers:
          - {name: team, webhook_configs: [{url: 'http://team/'}]}
          - {name: oncall, webhook_configs: [{url: 'http://oncall/'}]}
        """

    private func run(_ test: String, start: String = "2026-07-10T12:00:00Z") -> RouteTestReport {
        let lines = test.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        let file =
            "config_files: [medic.yml]\ntests:\n  - name: it\n    start_timestamp: \(start)\n"
            + lines.joined(separator: "\n") + "\n"
        let library = TableLibrary(files: ["t.yml": file, "medic.yml": Self.configuration])
        return RouteTestRunner(library: library, zones: { _ in nil }).run("t.yml")
    }

    private func failures(_ report: RouteTestReport) -> [String] {
        report.verdicts.flatMap(\.failures).map { "\($0.headline): \($0.rows)" }
    }

    @Test(arguments: [
        "route_test: [{labels: {severity: page}, exp_receivers: [oncall]}, {labels: {a: b}, exp_receivers: [team]}]",
        """
        input_alerts: [{labels: {alertname: A, n: '1'}}, {labels: {alertname: A, n: '2'}, starts_at: 10s}]
        notification_test:
          - {eval_time: 29s, exp_notifications: []}
          - eval_time: 30s
            exp_notifications:
              - {receiver: team, group_labels: {alertname: A}, firing: [{alertname: A, n: '1'}, {alertname: A, n: '2'}]}
        """,
        """
        input_alerts: [{labels: {alertname: A, severity: page}, starts_at: 1m, ends_at: 20m}]
        notification_test:
          - {eval_time: 1m, exp_notifications: [{receiver: oncall, firing: [{alertname: A, severity: page}]}]}
          - {eval_time: 25m, exp_notifications: [{receiver: oncall, resolved: [{alertname: A, severity: page}]}]}
        alert_state_test:
          - {eval_time: 10m, labels: {alertname: A, severity: page}, exp_state: active}
          - {eval_time: 30m, labels: {alertname: A, severity: page}, exp_state: resolved}
        """,
        """
        input_alerts: [{labels: {alertname: HostDown, host: a}}, {labels: {alertname: Slow, host: a}}, {labels: {alertname: Slow, host: b}}]
        notification_test:
          - eval_time: 1m
            exp_notifications:
              - {receiver: team, firing: [{alertname: HostDown, host: a}]}
              - {receiver: team, firing: [{alertname: Slow, host: b}]}
        alert_state_test: [{eval_time: 1m, labels: {alertname: Slow, host: a}, exp_state: inhibited}]
        """,
        """
        input_alerts: [{labels: {alertname: A}}]
        input_silences: [{matchers: ['alertname="A"'], ends_at: 10m}]
        notification_test:
          - {eval_time: 10m, exp_notifications: []}
          - {eval_time: 16m, exp_notifications: [{receiver: team, firing: [{alertname: A}]}]}
        alert_state_test: [{eval_time: 9m, labels: {alertname: A}, exp_state: silenced}]
        """,
    ]) func `What is so passes`(test: String) {
        let report = run(test)
        #expect(report.isSuccess, "\(failures(report)) \(report.diagnostics.map(\.message)) \(report.obstacle ?? "")")
        #expect(report.verdicts.count == 1)
    }

    @Test func `Nights are quiet`() {
        let test = """
            input_alerts: [{labels: {alertname: A, job: batch}}]
            notification_test:
              - {eval_time: 5h, exp_notifications: []}
              - {eval_time: 365m, exp_notifications: [{receiver: team, firing: [{alertname: A, job: batch}]}]}
            alert_state_test: [{eval_time: 1h, labels: {alertname: A, job: batch}, exp_state: muted}]
            """
        let report = run(test, start: "2026-07-10T00:00:00Z")
        #expect(report.isSuccess, "\(failures(report))")
    }

    @Test(arguments: [
        ("route_test: [{labels: {severity: page}, exp_receivers: [team]}]", "route of"),
        (
            "input_alerts: [{labels: {alertname: A}}]\\nnotification_test: [{eval_time: 1m, exp_notifications: []}]",
            "1m"
        ),
        ("notification_test: [{eval_time: 1m, exp_notifications: [{receiver: team, firing: [{a: b}]}]}]", "1m"),
        ("alert_state_test: [{eval_time: 1m, labels: {alertname: A}, exp_state: silenced}]", "A"),
    ]) func `What is not so fails, and says what came instead`(test: String, headline: String) {
        let report = run(test.replacing("\\n", with: "\n"))
        #expect(!report.isSuccess)
        #expect(
            failures(report).first?.contains(headline) == true,
            "\(failures(report)) \(report.diagnostics.map(\.message))"
        )
    }

    @Test func `A file that cannot be used says why`() {
        let library = TableLibrary(files: ["t.yml": "config_files: [gone.yml]\ntests: []\n", "u.yml": "tests: 1\n"])
        let runner = RouteTestRunner(library: library, zones: { _ in nil })
        #expect(runner.run("t.yml").diagnostics.contains { $0.message.contains("gone.yml") })
        #expect(!runner.run("u.yml").isSuccess)
        #expect(runner.run("missing.yml").obstacle != nil)
    }
}
