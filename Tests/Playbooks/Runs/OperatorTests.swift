import JSON
import Metrics
import Testing

@testable import Playbooks

@Suite struct OperatorTests {
    @Test func `Approval is for exactly these steps, is asked for once, and expires`() throws {
        var ward = Ward([playbook(mode: .approve)])
        ward.fire()
        #expect(ward.occasions == [.approvalWanted])
        let run = try #require(ward.healer.openRuns.first).run
        ward.command(.approve(run: run.id, digest: "another", way: "page"))
        #expect(ward.deeds.isEmpty)
        ward.command(.approve(run: run.id, digest: run.plan.digest, way: "page"))
        #expect(ward.deeds.count == 1)
        ward.command(.approve(run: run.id, digest: run.plan.digest, way: "page"))
        guard case .rejected = ward.replies.last else { return #expect(Bool(false)) }

        var other = Ward([playbook(mode: .approve)])
        other.fire()
        other.pass(.minutes(31))
        #expect(other.states == ["expired"])
        #expect(other.occasions == [.approvalWanted, .expired])
    }

    @Test func `Guards are asked again after approval`() throws {
        var ward = Ward([playbook(mode: .approve)])
        ward.fire()
        ward.survey.evidence?.isTrue = false
        ward.pass(.minutes(5))
        ward.command(.approve(run: "1", digest: nil, way: "page"))
        #expect(ward.states == ["blocked"])
        #expect(ward.deeds.isEmpty)
    }

    @Test func `Who refuses is not asked again about this illness`() {
        var ward = Ward([playbook(mode: .approve)])
        ward.fire()
        ward.command(.refuse(run: "1", way: "chat"))
        ward.pass(.hours(2))
        #expect(ward.states == ["refused"])
    }

    @Test func `Stopping stops what runs before its next step and lasts over a restart`() {
        let playbooks = [playbook(rungs: [[.deed("one"), .deed("two")]])]
        var ward = Ward(playbooks)
        ward.fire()
        ward.command(.stopHealing(for: .hours(2)))
        ward.finish()
        #expect(ward.states == ["cancelled"])
        ward.restart(playbooks)
        ward.fire(.named("b"))
        #expect(ward.deeds.count == 1)
        #expect(ward.refusal == .killSwitch)
        ward.pass(.minutes(121))
        #expect(ward.healer.killSwitch == nil)
        #expect(ward.deeds.count == 2)
    }

    @Test func `A command is answered when it is durable, and not before`() {
        var healer = Healer(playbooks: [], seed: 1, at: Ward([]).now)
        let effects = healer.handle(
            .command(CommandID(number: 7), HealingCommand(.stopHealing(for: nil), by: "ann")),
            at: Ward([]).now
        )
        let replies = effects.filter { if case .reply = $0 { true } else { false } }
        #expect(replies.isEmpty)
    }

    @Test func `A run started by an operator passes the guards that ask for a good moment, and no others`() {
        var ward = Ward([playbook { $0.only = ["night"] }])
        ward.survey.hostUptime = .seconds(5)
        ward.command(.start(playbook: "restart", labels: ["unit": "a"]))
        #expect(ward.deeds.count == 1)

        var protected = Ward([playbook(units: ["ssh.service"])])
        protected.command(.start(playbook: "restart", labels: ["unit": "a"]))
        #expect(protected.deeds.isEmpty)
        #expect(protected.refusal == .protected)
    }

    @Test func `Without a word of which, an alert is meant that the playbook is for`() throws {
        var ward = Ward([playbook(mode: .observe)])
        ward.fire(
            FiringAlert(labels: ["alertname": "Another", "unit": "0"], startsAt: ward.now.wall, origin: .webhook)
        )
        ward.command(.dryRun(playbook: "restart", labels: [:]))
        guard case .wouldRun(let nobody) = ward.replies.last else { return #expect(Bool(false)) }
        #expect(nobody.run.alert.labels == [:])
        ward.fire()
        ward.command(.dryRun(playbook: "restart", labels: [:]))
        guard case .wouldRun(let own) = ward.replies.last else { return #expect(Bool(false)) }
        #expect(own.run.alert.labels["alertname"] == "Down")
        ward.command(.dryRun(playbook: "restart", labels: ["alertname": "Another"]))
        guard case .wouldRun(let named) = ward.replies.last else { return #expect(Bool(false)) }
        #expect(named.run.alert.labels["alertname"] == "Another")
    }

    @Test func `A dry run says what every guard says, and does and records nothing`() throws {
        var ward = Ward([playbook()])
        ward.command(.dryRun(playbook: "restart", labels: ["unit": "a"]))
        guard case .wouldRun(let snapshot) = ward.replies.last else { return #expect(Bool(false)) }
        #expect(snapshot.run.progress.verdicts.count == LocalGuards.all.count)
        #expect(ward.records.isEmpty && ward.deeds.isEmpty && ward.healer.openRuns.isEmpty)
        #expect(snapshot.json["guards"]?.array?.count == LocalGuards.all.count)
    }

    @Test func `A step may wait for an operator's word`() {
        var ward = Ward([playbook(rungs: [[.deed(PlannedStep.approval), .deed("act")]])])
        ward.fire()
        #expect(ward.deeds.isEmpty && ward.occasions == [.approvalWanted])
        ward.command(.approve(run: "1", digest: nil, way: "page"))
        #expect(ward.deeds.map(\.action) == ["test.act"])
    }

    @Test func `Cancelling cancels the deed in hand, and the run when it has ended`() {
        var ward = Ward([playbook()])
        ward.fire()
        ward.command(.cancel(run: "1"))
        #expect(ward.story.contains("cancel"))
        #expect(ward.states == ["running"])
        ward.finish(.cancelled)
        #expect(ward.states == ["cancelled"])
    }
}
