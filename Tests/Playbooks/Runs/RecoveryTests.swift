import JSON
import Metrics
import Testing

@testable import Playbooks

@Suite struct RecoveryTests {
    @Test func `A repeatable step that was interrupted is done again`() {
        let playbooks = [playbook()]
        var ward = Ward(playbooks)
        ward.fire()
        ward.restart(playbooks)
        #expect(ward.deeds.map(\.key.attempt) == [1, 2])
    }

    @Test func `A step that was begun and is then passed over has treated all the same`() {
        let conditional = [playbook(rungs: [[.deed(conditions: ["ill"])]])]
        var ward = Ward(conditional)
        ward.fire()
        ward.condition = .returned(false)
        ward.restart(conditional)
        ward.pass(.minutes(1))
        #expect(ward.deeds.count == 1 && ward.states == ["healed"])
        #expect(ward.healer.course(of: "restart", ["unit": "a"]).lastEnd != nil)
        // It failed, and the alert is over before it is tried again.
        let patient = [playbook(rungs: [[.deed(retry: Step.Retry(2, backoff: .seconds(10) ... .seconds(10)))]])]
        var retried = Ward(patient)
        retried.fire()
        retried.finish(.failed("no luck"))
        retried.resolve()
        retried.pass(.minutes(2))
        #expect(retried.deeds.count == 1 && retried.states == ["healed"])
        #expect(retried.healer.course(of: "restart", ["unit": "a"]).lastEnd != nil)
    }

    @Test func `A step that is not repeatable is never done again: the patient decides`() {
        let playbooks = [playbook(rungs: [[.deed(repeatable: false), .deed("next")]])]
        for (health, state) in [(Measurement.healthy, "healed"), (.ill, "interrupted")] {
            var ward = Ward(playbooks)
            ward.health = health
            ward.fire()
            ward.restart(playbooks)
            ward.pass(.minutes(6))
            #expect(ward.deeds.count == 1)
            #expect(ward.states == [state])
        }
    }

    @Test func `A step that restarts medic itself is not repeated for ever`() {
        let playbooks = [playbook()]
        var ward = Ward(playbooks)
        ward.fire()
        for _ in 0..<10 { ward.restart(playbooks) }
        #expect(ward.deeds.count == 1 + Patience.interruptions)
        #expect(ward.states == ["verifying"])
    }

    @Test func `Verification goes on for the rest of its time`() {
        let playbooks = [playbook()]
        var ward = Ward(playbooks)
        ward.health = .ill
        ward.fire()
        ward.finish()
        ward.pass(.minutes(4))
        ward.restart(playbooks)
        ward.pass(.seconds(61))
        #expect(ward.states == ["unhealed"])
    }

    @Test func `Cooldown and limits outlive a restart, and a clock that is set back frees nothing`() {
        let playbooks = [playbook { $0.subjectLimit = Guards.Limit(1, within: .hours(1)) }]
        var ward = Ward(playbooks)
        ward.fire()
        ward.finish()
        ward.pass(.minutes(1))
        #expect(ward.states == ["healed"])
        ward.wallOffset -= 86_400_000
        ward.restart(playbooks)
        ward.fire(.named("a", startsAt: 1_700_000_000_001))
        #expect(ward.refusal == .cooldown)
        ward.pass(.minutes(11))
        #expect(ward.refusal == .limit)
        #expect(ward.deeds.count == 1)
    }

    @Test func `Across a boot what is remembered ages by the wall, and never backwards`() {
        let before = Moment(wall: Timestamp(milliseconds: 1_000_000), monotonic: Milliseconds(50_000), boot: 1)
        let after = Moment(wall: Timestamp(milliseconds: 1_060_000), monotonic: Milliseconds(10), boot: 2)
        let earlier = Moment(wall: Timestamp(milliseconds: 0), monotonic: Milliseconds(10), boot: 2)
        #expect(before.age(at: after) == .minutes(1))
        #expect(before.age(at: earlier) == .zero)
        #expect(before.rebased(at: earlier).age(at: earlier + .minutes(2)) == .minutes(2))
    }

    @Test func `What was to be done afterwards is done days later, once`() {
        let playbooks = [playbook(onResolved: [.deed("restore")])]
        var ward = Ward(playbooks)
        ward.fire()
        ward.finish()
        ward.pass(.minutes(1))
        #expect(ward.states == ["healed"])
        ward.restart(playbooks)
        ward.fire()
        ward.pass(.days(3))
        ward.resolve()
        #expect(ward.deeds.last?.action == "test.restore")
        ward.finish()
        #expect(ward.healer.openRuns.isEmpty)
        let count = ward.deeds.count
        ward.restart(playbooks)
        ward.hear(.caughtUp)
        #expect(ward.deeds.count == count)
    }

    @Test func `An alert that ended while medic was away is over once all alerts have been told`() {
        let playbooks = [playbook(rungs: [[.deed("one"), .deed("two")]])]
        var ward = Ward(playbooks)
        ward.fire()
        ward.restart(playbooks)
        ward.hear(.caughtUp)
        ward.finish()
        #expect(ward.deeds.map(\.action) == ["test.one", "test.one"])
        #expect(ward.states == ["verifying"])
    }

    @Test func `A change arms its undoing first, and only a heal disarms it`() {
        let playbooks = [playbook(rungs: [[.deed(confirmWithin: .minutes(10))]])]
        var ward = Ward(playbooks)
        ward.fire()
        #expect(ward.story.suffix(3) == ["arm", "progress", "perform"])
        ward.finish()
        ward.restart(playbooks)
        ward.pass(.minutes(1))
        #expect(ward.states == ["healed"])
        #expect(ward.story.contains("disarm"))

        var ill = Ward(playbooks)
        ill.health = .ill
        ill.fire()
        ill.finish()
        ill.pass(.minutes(6))
        #expect(ill.states == ["unhealed"])
        #expect(!ill.story.contains("disarm"))
    }

    @Test func `The checkpoint leads to the same memory`() {
        let playbooks = [playbook(onResolved: [.deed("restore")])]
        var ward = Ward(playbooks)
        ward.fire()
        ward.finish(.failed("no luck"))
        ward.fire(.named("b"))
        ward.command(.openBreaker(playbook: "restart", subject: ["unit": "c"]))
        let checkpoint = ward.healer.checkpoint
        let again = Healer(restoring: checkpoint, playbooks: playbooks, seed: 9, at: ward.now)
        #expect(again.checkpoint == checkpoint)
        #expect(checkpoint.map { HealingRecord(json: $0.json) } == checkpoint)
    }

    @Test func `What is no record is refused`() {
        let trees: [JSONValue] = [
            .null, [:], ["opened": [:]], ["course": ["playbook": 1]], ["intent": [:], "run": "1"],
        ]
        for tree in trees { #expect(HealingRecord(json: tree) == nil) }
    }
}
