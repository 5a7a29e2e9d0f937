import Alerting
import Foundation
import JSON
import Testing

@testable import Agent

/// What steps want of the agent itself: that somebody is told, that alerts are silenced, that the data is looked at.
@Suite(.serialized) struct DeedTests {
    private static let files = [
        "medic.yml": """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [rules.yml]
        playbook_files: [playbooks.yml]
        collectors: {}
        log: {level: error}
        route: {receiver: desk}
        receivers: [{name: desk, webhook_configs: [{url: 'http://127.0.0.1:9/'}]}]
        actions: {permit: {actions: ['*']}}
        """,
        "rules.yml": LiveAgent.alwaysIll,
        "playbooks.yml": """
        playbooks:
          - name: tell
            summary: Tells, silences and looks
            mode: auto
            subject: [instance]
            when: [{matchers: ['alertname="Ill"']}]
            guards: {cooldown: 1h}
            steps:
              - alert.silence: {matchers: ['alertname="Other"'], for: 1h}
              - notify: {receiver: desk, message: 'look at {{ .Labels.instance }}'}
              - diagnostics.collect: {journal: 0, since: 1m}
            verify: {expr: 'medic_rules_evaluations_total >= 0', every: 1s, healthy: 1, within: 30s}
        """,
    ]

    @Test func `Steps tell receivers, silence alerts and keep the alert's series`() async throws {
        let live = try LiveAgent(Self.files)
        let listed = try await live.wait("/medic/v1/runs") {
            $0["runs"]?.array?.first?["state"]?.string == "healed"
        }
        let id = try #require(listed?["runs"]?.array?.first?["id"]?.string)
        let run = try await live.get("/medic/v1/runs/\(id)").data
        let steps = try #require(run["steps"]?.array)
        #expect(steps.map { $0["state"]?.string } == ["succeeded", "succeeded", "succeeded"], "\(run)")
        let silences = await live.agent.notifying.overview().silences
        #expect(silences.count == 1 && silences.first?.createdBy == "playbook tell")
        let evidence = live.folder + "/data/evidence"
        let kept = FileManager.default.enumerator(atPath: evidence)?.compactMap { $0 as? String } ?? []
        #expect(kept.contains { $0.hasSuffix("series-1.csv") }, "\(kept)")
        #expect(kept.contains { $0.hasSuffix("series-1.svg") })
        let told = try #require(run["evidence"]?.array)
        let table = try #require(told.first { $0["name"]?.string == "series-1.csv" })
        #expect(table["step"]?.integer == 2 && table["text"]?.string?.isEmpty == false)
        let file = try await live.get("/medic/v1/runs/\(id)/evidence/2/host.txt").data
        #expect(file["text"]?.string?.contains("load") == true, "\(file)")
        for hostile in ["..%2F..%2Fmedic.yml", "host.txt%00", "..", "%2Fetc%2Fpasswd"] {
            #expect(try await live.get("/medic/v1/runs/\(id)/evidence/2/\(hostile)").status >= 400)
        }
        #expect(try await live.get("/medic/v1/runs?named=\(id)").data["runs"]?.array?.count == 1)
        await live.end()
    }
}
