import Metrics
import Testing

@testable import Playbooks

@Suite struct RunLifeTests {
    @Test func `A deed that helps is measured three times before the run is healed, and nobody is woken`() {
        var ward = Ward([playbook(hold: .minutes(6))])
        ward.fire()
        #expect(ward.states == ["running"])
        #expect(ward.holds == [FiringAlert.sample.labels])
        ward.finish()
        ward.pass(.seconds(44))
        #expect(ward.states == ["verifying"])
        ward.pass(.seconds(2))
        #expect(ward.states == ["healed"])
        #expect(ward.notices == [])
        ward.resolve()
        #expect(ward.holds == [])
    }

    @Test func `The intent is recorded before the deed`() throws {
        var ward = Ward([playbook()])
        ward.fire()
        #expect(ward.story == ["attempt", "started", "opened", "intent", "perform"])
    }

    @Test func `Without a durable intent there is no deed`() {
        var ward = Ward([playbook()])
        ward.recordsFail = true
        ward.fire()
        #expect(ward.deeds.isEmpty)
        #expect(ward.occasions == [.historyFailing, .interrupted])
    }

    @Test func `A patient who stays ill is escalated with the step that did not help`() {
        var ward = Ward([playbook(hold: .minutes(6))])
        ward.health = .ill
        ward.fire()
        ward.finish()
        ward.pass(.minutes(6))
        #expect(ward.states == ["unhealed"])
        #expect(ward.occasions == [.unhealed])
        #expect(ward.holds == [])
    }

    @Test func `Missing data is neither healed nor a reason for another deed`() {
        var ward = Ward([playbook(rungs: [[.deed("one")], [.deed("two")]])])
        ward.health = .inconclusive("no data")
        ward.fire()
        ward.finish()
        ward.pass(.minutes(6))
        #expect(ward.states == ["inconclusive"])
        #expect(ward.deeds.map(\.action) == ["test.one"])
    }

    @Test func `The ladder is climbed rung by rung, and what is for when all failed comes last`() {
        var ward = Ward([playbook(rungs: [[.deed("reload")], [.deed("restart")]], onUnhealed: [.deed("rollback")])])
        ward.health = .ill
        ward.fire()
        for _ in 0..<3 {
            ward.finish()
            ward.pass(.minutes(5))
        }
        #expect(ward.deeds.map(\.action) == ["test.reload", "test.restart", "test.rollback"])
        #expect(ward.states == ["unhealed"])
    }

    @Test func `A step that fails ends its rung, unless it may fail`() {
        var ward = Ward([
            playbook(rungs: [[.deed("look", onError: .continue), .deed("act"), .deed("never")], [.deed("other")]])
        ])
        ward.fire()
        ward.finish(.failed("nothing to see"))
        ward.finish(.failed("no luck"))
        #expect(ward.deeds.map(\.action) == ["test.look", "test.act", "test.other"])
    }

    @Test func `An attempt is repeated after a delay that has its jitter beyond the cap`() throws {
        let retry = Step.Retry(3, backoff: .seconds(1)...Milliseconds.seconds(2))
        var ward = Ward([playbook(rungs: [[.deed(retry: retry)]])])
        ward.fire()
        ward.finish(.failed("once"))
        let first = try #require(ward.healer.nextWake).rawValue - ward.time
        #expect((1_000...2_000).contains(first))
        ward.pass(.seconds(3))
        ward.finish(.failed("twice"))
        let second = try #require(ward.healer.nextWake).rawValue - ward.time
        #expect((2_000...4_000).contains(second))
        ward.pass(.seconds(5))
        #expect(ward.deeds.map(\.key.attempt) == [1, 2, 3])
        ward.finish(.failed("thrice"))
        #expect(ward.states == ["unhealed"])
    }

    @Test func `An alert that is over before the first step needs no run`() {
        var ward = Ward([playbook(mode: .approve)])
        ward.fire()
        ward.resolve()
        #expect(ward.states == ["unneeded"])
    }

    @Test func `Once the alert is over treating steps are passed over and verification decides`() {
        var ward = Ward([playbook(rungs: [[.deed("one"), .deed("two"), .deed("look", treats: false)]])])
        ward.fire()
        ward.resolve()
        ward.finish()
        #expect(ward.deeds.map(\.action) == ["test.one", "test.look"])
        ward.finish()
        ward.pass(.minutes(1))
        #expect(ward.states == ["healed"])
    }

    @Test func `A run that has treated nobody is no heal, and leaves no cooldown, heal or recurrence behind`() {
        var ward = Ward([playbook(rungs: [[.deed("look", treats: false), .deed("act")]])])
        ward.fire()
        ward.resolve()
        ward.finish()
        ward.pass(.minutes(1))
        #expect(ward.states == ["unneeded"])
        #expect(ward.notices == [])
        let course = ward.healer.course(of: "restart", ["unit": "a"])
        #expect(course.lastEnd == nil && course.heals.isEmpty && course.failures == 0)
        ward.pass(.minutes(1))
        ward.fire(.named("a", startsAt: ward.now.wall.rawValue))
        #expect(ward.deeds.map(\.action) == ["test.look", "test.look"])
        ward.finish()
        #expect(ward.deeds.last?.action == "test.act")
        #expect(ward.notices == [])
    }

    @Test func `A run that treated leaves its cooldown behind, whatever became of it`() {
        for result in [ActionOutcome.Result.succeeded, .failed("no luck")] {
            var ward = Ward([playbook(mode: .auto)])
            ward.fire()
            ward.finish(result)
            ward.pass(.minutes(1))
            ward.resolve()
            ward.fire(.named("a", startsAt: ward.now.wall.rawValue))
            ward.pass(.minutes(5))
            #expect(ward.deeds.count == 1)
            #expect(ward.refusal == .cooldown)
        }
    }

    @Test func `A patient who is found well at the end of the time is measured on, not given up`() {
        var ward = Ward([playbook(rungs: [[.deed("one")], [.deed("two")]])])
        ward.health = .ill
        ward.fire()
        ward.finish()
        ward.pass(.seconds(290))
        ward.health = .healthy
        ward.pass(.seconds(20))
        #expect(ward.states == ["verifying"])
        ward.pass(.seconds(30))
        #expect(ward.states == ["healed"])
        #expect(ward.deeds.count == 1)
    }

    @Test func `A condition that does not hold passes the step over`() {
        var ward = Ward([playbook(rungs: [[.deed("one", conditions: ["x"]), .deed("two")]])])
        ward.condition = .returned(false)
        ward.fire()
        #expect(ward.deeds.map(\.action) == ["test.two"])
    }

    @Test func `A deed that never answers is cancelled and then given up`() {
        var ward = Ward([playbook(rungs: [[.deed(repeatable: false)]])])
        ward.health = .ill
        ward.fire()
        ward.pass(.minutes(2))
        #expect(ward.story.contains("cancel"))
        ward.pass(.minutes(5))
        #expect(ward.states == ["interrupted"])
        #expect(ward.occasions == [.interrupted])
    }

    @Test func `In observe mode it only says what it would do`() {
        var ward = Ward([playbook(mode: .observe)])
        ward.fire()
        ward.pass(.hours(1))
        #expect(ward.states == ["observed"])
        #expect(ward.deeds.isEmpty)
    }

    @Test func `The host's ceiling holds whatever the playbook says`() {
        var settings = HealingSettings()
        settings.ceiling = .observe
        var ward = Ward([playbook()], settings: settings)
        ward.fire()
        #expect(ward.states == ["observed"])
    }

    @Test func `The first playbook that is not blocked takes the subject`() {
        var ward = Ward([playbook("first", mode: .auto) { $0.only = ["never"] }, playbook("second")])
        ward.fire()
        #expect(ward.deeds.map(\.playbook) == ["second"])
    }

    @Test func `A later playbook follows one that did not heal, where that one says so`() {
        for continues in [true, false] {
            var ward = Ward([playbook("first", continues: continues), playbook("second")])
            ward.fire()
            ward.finish(.failed("no luck"))
            #expect(ward.deeds.map(\.playbook) == (continues ? ["first", "second"] : ["first"]))
        }
    }

    @Test func `Further alerts of the same subject join the run`() throws {
        var ward = Ward([playbook()])
        ward.fire()
        let other = FiringAlert(
            labels: ["alertname": "Down", "unit": "a", "severity": "page"],
            startsAt: Timestamp(milliseconds: 1_700_000_000_000),
            origin: .rule(expression: "slow", interval: .seconds(15))
        )
        ward.fire(other)
        #expect(ward.healer.openRuns.count == 1)
        #expect(try #require(ward.healer.openRuns.first).run.progress.joined == [other.labels])
    }

    @Test func `The alert of a webhook has one run, ever, and its end is the proof`() {
        let alert = FiringAlert.named("a", origin: .webhook)
        let playbooks = [playbook { $0.cooldown = .zero }]
        var ward = Ward(playbooks)
        ward.fire(alert)
        ward.finish()
        ward.resolve(alert)
        #expect(ward.states == ["healed"])
        ward.restart(playbooks)
        ward.fire(alert)
        ward.pass(.hours(3))
        #expect(ward.deeds.count == 1)
        ward.resolve(alert)
        ward.fire(.named("a", startsAt: ward.now.wall.rawValue, origin: .webhook))
        #expect(ward.deeds.count == 2)
    }
}
