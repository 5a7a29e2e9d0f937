import Actions
import Diagnostics
import Testing

@testable import Proving

private let rules = """
    groups:
      - name: service
        rules:
          - {alert: ServiceDown, expr: up == 0, for: 1m, labels: {severity: critical}}
    """

private let playbooks = """
    playbooks:
      - name: restart-api
        summary: Restart the API
        mode: auto
        when:
          - matchers: ['alertname="ServiceDown"']
        subject: [instance]
        steps:
          - diagnostics.collect: {units: [api.service]}
            on_error: continue
          - systemd.restart: {unit: api.service, settle: 0s}
            retry: {attempts: 2, backoff: 1s..2s}
          - wait.for: {expr: up == 1, within: 1m}
        verify: {every: 15s, healthy: 2, within: 2m}
        page: {hold: 5m, on: [unhealed, inconclusive, blocked]}
      - name: run-once
        summary: Do what may not be repeated, when asked
        mode: approve
        when:
          - matchers: ['alertname="ServiceDown"', 'job="batch"']
        steps:
          - exec: {argv: [/usr/bin/true]}
    """

/// Runs one test about these playbooks. `what` is what stands in the test beside its series and its name.
private func verdicts(values: String, job: String = "api", _ what: String) -> RuleTestFileReport {
    let text = """
        rule_files: [rules.yml]
        playbook_files: [playbooks.yml]
        evaluation_interval: 15s
        tests:
          - name: t
            interval: 15s
            input_series:
              - {series: 'up{job="\(job)", instance="a"}', values: '\(values)'}
        \(what.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))

        """
    // Those for the job come first only where they are meant.
    var parts = playbooks
    if job == "batch" {
        parts =
            "playbooks:\n"
            + (playbooks.split(separator: "  - name: run-once").last.map { "  - name: run-once" + $0 } ?? "")
    }
    return run(
        text,
        rules: ["rules.yml": rules, "playbooks.yml": parts],
        options: RuleTestRunner.Options(catalogue: .medic)
    )
}

@Suite struct PlaybookVerdictTests {
    @Test func `A run that heals has done its steps, and nobody is woken`() {
        let report = verdicts(
            values: "1x4 0x6 1x20",
            """
            playbook_test:
              - {eval_time: 1m45s, playbook: restart-api, expect: {state: none, runs: 0}}
              - {eval_time: 2m30s, playbook: restart-api, expect: {state: running, held: true}}
              - eval_time: 6m
                playbook: restart-api
                expect:
                  state: healed
                  runs: 1
                  steps: [diagnostics.collect, systemd.restart, wait.for]
                  notifications: []
                  held: false
            """
        )
        #expect(report.lines == [])
        #expect(report.isSuccess)
    }

    @Test func `What differs is told in the words of the test, with the story of the run`() {
        let report = verdicts(
            values: "1x4 0x40",
            """
            actions:
              systemd.restart: [{unknown: true}, {fails: the job timed out, takes: 30s}]
            playbook_test:
              - eval_time: 10m
                playbook: restart-api
                subject: {instance: a}
                expect: {state: healed, steps: [diagnostics.collect, systemd.restart], notifications: [], runs: 2}
            """
        )
        let lines = report.lines
        #expect(lines.first == #"restart-api at 10m for {instance="a"}"#)
        #expect(lines.contains("- runs: 2"))
        #expect(lines.contains("- state: healed"))
        #expect(lines.contains("+ state: unhealed"))
        #expect(lines.contains("- steps: [diagnostics.collect, systemd.restart]"))
        #expect(lines.contains("+ steps: [diagnostics.collect, systemd.restart, systemd.restart]"))
        #expect(lines.contains { $0.contains("systemd.restart failed: the job timed out, attempt 2") })
        #expect(lines.contains { $0.contains("told: unhealed") })
    }

    @Test func `A second illness within the cooldown is refused by name`() {
        let report = verdicts(
            values: "1x4 0x8 1x8 0x20",
            """
            playbook_test:
              - {eval_time: 8m, playbook: restart-api, expect: {state: blocked, refused_by: cooldown, runs: 1}}
            """
        )
        #expect(report.lines == [])
        #expect(report.isSuccess)
    }

    @Test func `Nothing is done before the operator's yes, and nothing twice after a restart`() {
        let report = verdicts(
            values: "0x60",
            job: "batch",
            """
            actions: {exec: {takes: 20s}}
            operator:
              - {at: 3m, does: approve, playbook: run-once}
            restarts: [3m10s]
            playbook_test:
              - {eval_time: 2m, playbook: run-once, expect: {state: waiting, runs: 0, notifications: [approval_wanted]}}
              - {eval_time: 3m5s, playbook: run-once, expect: {state: running, steps: [exec]}}
              - {eval_time: 12m, playbook: run-once, expect: {runs: 1}}
            """
        )
        #expect(report.lines == [])
        #expect(report.isSuccess)
    }

    @Test func `Names that nothing has are told at their places`() {
        let report = verdicts(
            values: "1x4",
            """
            actions: {systemd.restrat: {}}
            playbook_test:
              - {eval_time: 1m, playbook: restart-apu, expect: {state: none}}
            """
        )
        #expect(
            report.lines == [
                "not well written",
                "  11:35: there is no playbook 'restart-apu'",
                "  9:15: there is no action 'systemd.restrat'",
            ]
        )
    }

    @Test func `A word that is no state is refused with those there are`() {
        let report = verdicts(
            values: "1x4",
            """
            playbook_test:
              - {eval_time: 1m, playbook: restart-api, expect: {state: heald}}
            """
        )
        #expect(report.obstacle == .malformed)
        #expect(report.diagnostics.first?.message.contains("healed") == true)
    }
}
