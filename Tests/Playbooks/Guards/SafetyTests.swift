import Metrics
import Testing

@testable import Playbooks

/// What the rules of safety promise of time, numbers and chances, beyond each guard's own refusal.
@Suite struct SafetyTests {
    /// A run for an alert whose illness is another one each time.
    private func fall(ill unit: String, in ward: inout Ward, job: String? = nil) {
        var labels: [Label] = [Label("alertname", "Down"), Label("unit", unit)]
        if let job { labels.append(Label("job", job)) }
        ward.fire(
            FiringAlert(
                labels: Labels(labels),
                startsAt: ward.now.wall,
                origin: .rule(expression: "up == 0", interval: .seconds(15))
            )
        )
    }

    @Test(arguments: [
        "medic.service", "init.scope", "dbus.service", "systemd-journald.service", "systemd-udevd.service",
        "ssh.service",
        "ssh@7-1.2.3.4.service", "sshd@1.service", "NetworkManager.service", "systemd-networkd.socket",
    ])
    func `What keeps the host reachable is touched by nobody who does not say that he knows what he does`(unit: String)
    {
        var ward = Ward([playbook(units: [unit])])
        ward.fire()
        #expect(ward.deeds.isEmpty && ward.refusal == .protected)
        var knowing = Ward([playbook(units: [unit]) { $0.touchesProtected = true }])
        knowing.fire()
        #expect(knowing.deeds.count == 1)
    }

    @Test func `Another name of a protected unit is no way around its protection`() {
        var ward = Ward([playbook(units: ["alias.service"])])
        ward.survey.units = [UnitFacts(name: "alias.service", uptime: .hours(1))]
        ward.survey.units[0].identity = "systemd-networkd.service"
        ward.fire()
        #expect(ward.deeds.isEmpty && ward.refusal == .protected)
    }

    @Test(arguments: [
        "poweroff.target", "reboot.target", "systemd-reboot.service", "rescue.target", "emergency.service",
        "sysinit.target",
        "suspend.target", "-.mount", "session-3.scope", "user@1000.service", "runlevel0.target",
    ])
    func `Nobody ends the host, its boot or somebody's session by the way`(unit: String) {
        var ward = Ward([playbook(units: [unit])])
        ward.fire()
        #expect(ward.deeds.isEmpty && ward.refusal == .protected)
    }

    @Test(arguments: ["stop", "restart", "try_restart", "reload_or_restart", "reload", "start"])
    func `What a protected unit needs is not stopped under it`(verb: String) {
        let step = PlannedStep(
            name: verb,
            action: "systemd.\(verb)",
            arguments: ActionArguments([.init(name: "unit", value: .text("net.service"))]),
            sentence: verb,
            isRepeatable: true
        )
        var ward = Ward([playbook(rungs: [[step]], units: ["net.service"])])
        ward.survey.units = [UnitFacts(name: "net.service", uptime: .hours(1))]
        ward.survey.units[0].dependents = ["other.service", "ssh.service"]
        ward.fire()
        let isHarmless = verb == "reload" || verb == "start"
        #expect(ward.deeds.count == (isHarmless ? 1 : 0))
        #expect(isHarmless || ward.refusalSentence?.contains("would stop ssh.service along with net.service") == true)
    }

    @Test func `All that is required must return something, and is asked for again`() {
        var ward = Ward([playbook { $0.require = ["a", "b"] }])
        for answer in [ExpressionAnswer.returned(false), .failed("no such metric")] {
            ward.condition = answer
            ward.fire()
            ward.pass(.minutes(1))
            #expect(ward.deeds.isEmpty && ward.refusal == .require)
        }
        ward.condition = .returned(true)
        ward.pass(.seconds(16))
        #expect(ward.deeds.count == 1)
    }

    @Test func `A mode that is off is off`() {
        var ward = Ward([playbook(mode: .off)])
        ward.fire()
        #expect(ward.deeds.isEmpty && ward.refusal == .mode)
        #expect(ward.occasions.isEmpty)
    }

    @Test func `An alert is treated when it has fired for as long as the playbook wants`() {
        let quick = playbook()
        let slow = PreparedPlaybook(
            name: quick.name,
            triggers: [.init(firingFor: .seconds(30)) { _ in true }],
            subject: quick.subject,
            plan: quick.plan
        )
        var ward = Ward([slow])
        ward.fire()
        ward.pass(.seconds(29))
        #expect(ward.deeds.isEmpty)
        ward.pass(.seconds(2))
        #expect(ward.deeds.count == 1)
        var brief = Ward([slow])
        brief.fire()
        brief.pass(.seconds(20))
        brief.resolve()
        brief.pass(.minutes(1))
        #expect(brief.records.isEmpty)
    }

    @Test func `The cooldown begins with the end of a run`() {
        var ward = Ward([playbook { $0.cooldown = .minutes(10) }])
        ward.fire()
        // As long as the cooldown itself, which does not count.
        ward.pass(.seconds(50))
        ward.finish(.failed("no luck"))
        let end = ward.time
        ward.pass(.seconds(599))
        #expect(ward.deeds.count == 1)
        ward.pass(.seconds(2))
        #expect(ward.deeds.count == 2 && ward.time == end + 601_000)
    }

    @Test func `What was refused counts for the storm brake, and not for a limit`() {
        var ward = Ward([playbook { $0.playbookLimit = Guards.Limit(3, within: .hours(1)) }])
        ward.survey.evidence?.newestSampleAge = .hours(1)
        for unit in 0..<3 { fall(ill: "\(unit)", in: &ward) }
        #expect(ward.deeds.isEmpty)
        ward.survey.evidence?.newestSampleAge = .seconds(1)
        for unit in 3..<5 { fall(ill: "\(unit)", in: &ward) }
        #expect(ward.deeds.count == 2)
        fall(ill: "5", in: &ward)
        #expect(ward.deeds.count == 2 && ward.occasions.contains(.storm))
    }

    @Test func `More than four in ten of a job are a storm, and of a handful nobody says so`() {
        var ward = Ward([playbook()])
        ward.survey.jobSize = 7
        for unit in 0..<2 { fall(ill: "\(unit)", in: &ward, job: "api") }
        #expect(ward.deeds.count == 2 && ward.healer.storm == nil)
        fall(ill: "2", in: &ward, job: "api")
        #expect(ward.deeds.count == 2 && ward.healer.storm?.reason.contains("3 of 7") == true)
        var handful = Ward([playbook()])
        handful.survey.jobSize = 2
        for unit in 0..<2 { fall(ill: "\(unit)", in: &handful, job: "api") }
        #expect(handful.deeds.count == 2 && handful.healer.storm == nil)
    }

    @Test func `A breaker rests twice as long each time, and a day at most`() throws {
        var ward = Ward([playbook { $0.cooldown = .zero }])
        var spans: [Milliseconds] = []
        ward.fire()
        ward.finish(.failed("no luck"))
        ward.pass(.minutes(1))
        ward.finish(.failed("no luck"))
        for _ in 0..<7 {
            guard case .open(let since, let span) = ward.healer.course(of: "restart", ["unit": "a"]).breaker else {
                return #expect(Bool(false))
            }
            #expect(since == ward.now)
            spans.append(span)
            ward.pass(span + .seconds(1))
            // On trial it is the only one, and somebody has said yes to it.
            let trial = try #require(ward.healer.openRuns.last).run.id
            ward.command(.approve(run: trial, digest: nil, way: "page"))
            #expect(ward.healer.course(of: "restart", ["unit": "a"]).breaker == .halfOpen(run: trial))
            ward.finish(.failed("no luck"))
        }
        #expect(spans == [1, 2, 4, 8, 16, 24, 24].map { .hours($0) })
        #expect(ward.occasions.filter { $0 == .breakerOpened }.count == 8)
    }

    @Test func `A heal on trial that lasts closes the breaker`() throws {
        var ward = Ward([playbook { $0.cooldown = .zero }])
        ward.fire()
        ward.finish(.failed("no luck"))
        ward.pass(.minutes(1))
        ward.finish(.failed("no luck"))
        ward.pass(.minutes(61))
        ward.command(.approve(run: try #require(ward.healer.openRuns.last).run.id, digest: nil, way: "page"))
        ward.finish()
        ward.resolve()
        ward.pass(.minutes(1))
        #expect(ward.states.last == "healed")
        #expect(ward.healer.course(of: "restart", ["unit": "a"]).breaker != .closed)
        ward.pass(.minutes(60))
        #expect(ward.healer.course(of: "restart", ["unit": "a"]).breaker == .closed)
    }

    @Test func `A place in the fleet's budget that is lost stops the run before its next step`() {
        let fleet = Guards.Fleet("api", maxConcurrent: .count(1), maxUnhealthy: .percent(40), store: .required)
        var ward = Ward([playbook(rungs: [[.deed("one"), .deed("two")]]) { $0.fleet = fleet }])
        ward.lease = .granted(FleetLease(group: "api", slot: 0, token: 1, expires: ward.now + .hours(1)))
        ward.fire()
        ward.hear(.leaseLost(run: "1"))
        ward.finish()
        ward.pass(.minutes(1))
        #expect(ward.deeds.map(\.action) == ["test.one"])
        #expect(ward.states == ["interrupted"])
    }

    @Test func `A place that ends before the step might is renewed first, and without it nothing is done`() {
        let fleet = Guards.Fleet("api", maxConcurrent: .count(1), maxUnhealthy: .percent(40), store: .required)
        var ward = Ward([playbook(rungs: [[.deed("one"), .deed("two")]]) { $0.fleet = fleet }])
        ward.lease = .granted(FleetLease(group: "api", slot: 0, token: 1, expires: ward.now + .minutes(3)))
        ward.fire()
        #expect(ward.deeds.count == 1)
        ward.lease = .refused("somebody else has it", retryAfter: .seconds(20))
        ward.time += 100_000
        ward.finish()
        #expect(ward.deeds.count == 1)
        #expect(ward.states == ["interrupted"])
    }

    @Test func `Four measurements in a row may fail, and the fifth ends the run as inconclusive`() {
        for (failures, ending) in [(4, "healed"), (5, "inconclusive")] {
            var ward = Ward([playbook()])
            ward.fire()
            ward.health = .inconclusive("no data")
            ward.finish()
            ward.pass(.seconds(Int64(failures) * 15))
            ward.health = .healthy
            ward.pass(.minutes(2))
            #expect(ward.states == [ending])
        }
    }

    @Test func `An approval is used once`() {
        var ward = Ward([playbook(mode: .approve) { $0.cooldown = .zero }])
        ward.health = .ill
        ward.fire()
        ward.command(.approve(run: "1", digest: nil, way: "page"))
        ward.finish(.failed("no luck"))
        ward.command(.approve(run: "1", digest: nil, way: "page"))
        guard case .rejected = ward.replies.last else { return #expect(Bool(false)) }
        ward.pass(.minutes(1))
        #expect(ward.deeds.count == 1)
        #expect(ward.occasions.filter { $0 == .approvalWanted }.count == 2)
    }
}
