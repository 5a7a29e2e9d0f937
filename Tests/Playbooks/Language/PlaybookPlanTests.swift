import Metrics
import Testing

@testable import Playbooks

@Suite struct `What the run machine gets of a playbook` {
    private static let text = """
        playbooks:
          - name: restart
            when:
              - {matchers: ['alertname="Down"'], firing_for: 30s}
              - {matchers: ['alertname="Gone"']}
            mode: auto
            subject: [instance]
            guards:
              cooldown: 5m
              limit: {runs: 1, within: 2h}
              require: ['up{instance="{{ .Labels.instance }}"} == 0']
              time: {only: nights}
              lock: 'host/{{ .Labels.instance }}'
            steps:
              - systemd.restart: {unit: '{{ .Labels.unit }}'}
            verify: {expr: 'up{instance="{{ .Labels.instance }}"} == 1', every: 1s}
            on_unhealed: [{notify: {message: help}}]
            on_resolved: [{systemd.reload: {unit: other.service}}]
            page: {receiver: oncall, on: [unhealed]}
            continue: true
            from_webhooks: true
        """

    private static func alert(_ labels: Labels) -> FiringAlert {
        FiringAlert(labels: labels, startsAt: Timestamp(milliseconds: 5), origin: .webhook)
    }

    private static func prepared() throws -> PreparedPlaybook {
        let library = try Reading.library(text)
        let renderer = PlaybookRenderer(library: library, catalogue: SampleCatalogue.all)
        return try #require(
            renderer.prepared { permissions in
                permissions.contains(.unit("sshd.service")) ? ["the unit sshd.service is not permitted"] : []
            }
            .first
        )
    }

    @Test func `Its plan says everything that the playbook says`() throws {
        let playbook = try Self.prepared()
        #expect(playbook.triggers.map(\.firingFor) == [.seconds(30), .zero])
        #expect(playbook.triggers.map { $0.matches(["alertname": "Gone"]) } == [false, true])
        #expect(playbook.subject == ["instance"] && playbook.continues && playbook.acceptsWebhooks)
        let alert = Self.alert(["instance": "a:80", "unit": "a.service"])
        let plan = try playbook.plan(alert, "r1", []).get()
        #expect(plan.steps.map(\.action) == ["systemd.restart", "notify", "systemd.reload"])
        #expect(plan.rungs == [0..<1] && plan.onUnhealed == 1..<2 && plan.onResolved == 2..<3)
        #expect(plan.units == ["a.service", "other.service"])
        #expect(plan.locks == ["host/a:80", "unit/a.service", "unit/other.service"])
        #expect(
            plan.terms.cooldown == .minutes(5) && plan.terms.subjectLimit.runs == 1 && plan.terms.only == ["nights"]
        )
        #expect(plan.terms.require == ["up{instance=\"a:80\"} == 0"])
        #expect(plan.verification.expression == "up{instance=\"a:80\"} == 1" && plan.verification.every == .seconds(1))
        #expect(plan.page.receiver == "oncall" && plan.page.occasions == [.unhealed] && plan.page.hold == .minutes(6))
        #expect(plan.steps[0].sentence == "restart a.service" && plan.steps[0].isTreatment)
        // The same steps for the same illness, whatever the value of the moment and the run.
        #expect(try playbook.plan(alert, "r2", []).get().digest == plan.digest)
        let later = FiringAlert(labels: alert.labels, startsAt: Timestamp(milliseconds: 6), origin: .webhook)
        #expect(try playbook.plan(later, "r1", []).get().digest != plan.digest)
    }

    @Test func `What is missing or not permitted is told instead of a plan`() throws {
        let playbook = try Self.prepared()
        guard case .failure(let missing) = playbook.plan(Self.alert(["instance": "a:80"]), "r1", []) else {
            Issue.record("there is a plan without a unit")
            return
        }
        #expect(missing.messages == ["step 1 (systemd.restart), unit: .Labels.unit has no value"])
        guard
            case .failure(let refused) = playbook.plan(
                Self.alert(["instance": "a:80", "unit": "sshd.service"]),
                "r1",
                []
            )
        else {
            Issue.record("there is a plan that is not permitted")
            return
        }
        #expect(refused.messages == ["the unit sshd.service is not permitted"])
    }
}
