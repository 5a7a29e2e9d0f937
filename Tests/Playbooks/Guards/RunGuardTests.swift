import JSON
import Metrics
import Testing

@testable import Playbooks

@Suite struct RunGuardTests {
    /// A world in which one guard alone says no.
    struct Case: CustomTestStringConvertible, Sendable {
        let guardName: GuardName
        var terms: @Sendable (inout GuardTerms) -> Void = { _ in }
        var units: [String] = []
        var alert = FiringAlert.sample
        var survey: @Sendable (inout Survey) -> Void = { _ in }
        /// When it is tried again; nil: never by itself.
        var retryAfter: Milliseconds?

        var testDescription: String { guardName.rawValue }
    }

    static let cases: [Case] = [
        Case(guardName: .protected, units: ["sshd@1.service"]),
        Case(guardName: .warmUp, survey: { $0.hostUptime = .seconds(30) }, retryAfter: .seconds(90)),
        Case(guardName: .warmUp, survey: { $0.evidence?.reach = .hours(2) }, retryAfter: .hours(1)),
        Case(
            guardName: .warmUp,
            units: ["a.service"],
            survey: { $0.units = [UnitFacts(name: "a.service", uptime: .seconds(20))] },
            retryAfter: .seconds(100)
        ),
        Case(
            guardName: .warmUp,
            units: ["a.service"],
            survey: { survey in
                survey.units = [UnitFacts(name: "a.service")]
                survey.units[0].isChanging = true
            },
            retryAfter: .seconds(5)
        ),
        Case(guardName: .evidence, survey: { $0.evidence?.newestSampleAge = .seconds(31) }, retryAfter: .seconds(15)),
        Case(guardName: .evidence, survey: { $0.evidence?.newestSampleAge = nil }, retryAfter: .seconds(15)),
        Case(guardName: .evidence, survey: { $0.evidence = nil }, retryAfter: .seconds(15)),
        Case(guardName: .evidence, survey: { $0.evidence?.isTrue = false }, retryAfter: .seconds(15)),
        Case(guardName: .flapping, alert: .named("a", isFlapping: true), retryAfter: .minutes(1)),
        Case(
            guardName: .subjects,
            alert: FiringAlert(
                labels: ["alertname": "Down"],
                startsAt: .epoch,
                origin: .rule(expression: "x", interval: .seconds(15))
            )
        ),
        Case(guardName: .subjects, terms: { $0.subjects = 2 }),
        Case(guardName: .maintenance, terms: { $0.only = ["night"] }, retryAfter: .minutes(1)),
        Case(
            guardName: .maintenance,
            terms: { $0.except = ["friday"] },
            survey: { $0.activeIntervals = ["friday"] },
            retryAfter: .minutes(1)
        ),
        Case(
            guardName: .dependency,
            units: ["a.service"],
            survey: { survey in
                survey.units = [UnitFacts(name: "a.service", uptime: .hours(1))]
                survey.units[0].failing = ["db.service"]
            },
            retryAfter: .seconds(15)
        ),
    ]

    @Test(arguments: cases) func `Each guard refuses by itself, with its numbers, and says when to ask again`(
        example: Case
    ) throws {
        var ward = Ward([playbook(units: example.units, terms: example.terms)])
        example.survey(&ward.survey)
        ward.fire(example.alert)
        #expect(ward.deeds.isEmpty)
        guard case .opened(let run) = ward.records.last(where: { $0.kind == "opened" }) else {
            return #expect(Bool(false))
        }
        let refusals = run.progress.verdicts.filter { !$0.isAllowed }
        #expect(refusals.map(\.guardName) == [example.guardName])
        #expect(refusals.first?.retryAfter == example.retryAfter)
        #expect(run.progress.verdicts.map(\.guardName) == LocalGuards.all.map { $0.verdict(context(run)).guardName })
    }

    private func context(_ run: Run) -> GuardContext {
        GuardContext(
            run: run,
            settings: HealingSettings(),
            memory: HealingMemory(),
            survey: Survey(),
            holders: [],
            isHistoryFailing: false,
            now: run.openedAt
        )
    }

    @Test func `The order is the order that was promised`() {
        let run = Run(
            id: "1",
            plan: RunPlan(playbook: "x", mode: .auto, rungs: [], digest: ""),
            subject: ["unit": "a"],
            alert: .sample,
            requestedBy: nil,
            openedAt: Moment(wall: .epoch, monotonic: .zero, boot: 1),
            progress: RunProgress(phase: .considered),
            steps: []
        )
        let order = LocalGuards.verdicts(context(run)).map(\.guardName)
        let promised: [GuardName] = [
            .killSwitch, .mode, .protected, .warmUp, .evidence, .maintenance, .cooldown, .limit, .breaker, .lock,
        ]
        #expect(order.filter(promised.contains) == promised)
    }

    @Test func `Missing data is no reason to act, unless the rule is about that`() {
        var ward = Ward([playbook()])
        ward.survey.evidence?.newestSampleAge = nil
        ward.survey.evidence?.isAboutAbsence = true
        ward.fire()
        #expect(ward.deeds.count == 1)
    }

    @Test func `A refusal is told once, however often it is tried again`() {
        var ward = Ward([playbook()])
        ward.survey.evidence?.newestSampleAge = .hours(1)
        ward.fire()
        ward.pass(.hours(1))
        #expect(ward.occasions == [.blocked])
        ward.survey.evidence?.newestSampleAge = .seconds(1)
        ward.pass(.seconds(20))
        #expect(ward.deeds.count == 1)
    }

    @Test func `Limits are windows that slide`() {
        var ward = Ward([
            playbook { terms in
                terms.cooldown = .zero
                terms.subjectLimit = Guards.Limit(2, within: .hours(1))
                terms.breaker = Guards.Breaker(after: 99, open: .hours(1), atMost: .hours(1), minHealthy: .hours(1))
            }
        ])
        ward.fire()
        ward.finish(.failed("no luck"))
        ward.pass(.minutes(20))
        ward.finish(.failed("no luck"))
        ward.pass(.minutes(30))
        #expect(ward.deeds.count == 2)
        #expect(ward.refusal == .limit)
        ward.pass(.minutes(11))
        #expect(ward.deeds.count == 3)
    }

    @Test
    func `The breaker opens after two failures, lets one through on approval, and rests twice as long after that`()
        throws
    {
        var ward = Ward([playbook { $0.cooldown = .minutes(1) }])
        ward.fire()
        ward.finish(.failed("one"))
        ward.pass(.minutes(2))
        ward.finish(.failed("two"))
        #expect(ward.occasions.contains(.breakerOpened))
        ward.pass(.minutes(59))
        #expect(ward.deeds.count == 2)
        ward.pass(.seconds(61))
        // It has stopped healing, so that its trial is asked for first.
        #expect(ward.deeds.count == 2)
        #expect(ward.occasions.last == .approvalWanted)
        ward.command(.approve(run: try #require(ward.healer.openRuns.last).run.id, digest: nil, way: "page"))
        #expect(ward.deeds.count == 3)
        ward.finish(.failed("three"))
        #expect(ward.healer.course(of: "restart", ["unit": "a"]).breaker == .open(since: ward.now, for: .hours(2)))
        ward.command(.closeBreaker(playbook: "restart", subject: ["unit": "a"]), reason: "")
        guard case .rejected = ward.replies.last else { return #expect(Bool(false)) }
        ward.command(.closeBreaker(playbook: "restart", subject: ["unit": "a"]))
        ward.pass(.minutes(2))
        #expect(ward.deeds.count == 4)
    }

    @Test func `A breaker opened by hand stays open`() {
        var ward = Ward([playbook()])
        ward.command(.openBreaker(playbook: "restart", subject: ["unit": "a"]))
        ward.fire()
        ward.pass(.days(3))
        #expect(ward.deeds.isEmpty)
        #expect(ward.refusal == .breaker)
    }

    @Test func `An illness that comes back soon counts as the same one, and a heal that lasts forgives`() {
        var ward = Ward([playbook()])
        ward.fire()
        ward.finish()
        ward.pass(.minutes(1))
        ward.resolve()
        ward.pass(.minutes(20))
        ward.fire(.named("a", startsAt: ward.now.wall.rawValue))
        #expect(ward.occasions == [.recurrence])
        #expect(ward.healer.course(of: "restart", ["unit": "a"]).failures == 1)
        ward.finish()
        ward.pass(.minutes(1))
        ward.resolve()
        ward.pass(.minutes(61))
        #expect(ward.healer.course(of: "restart", ["unit": "a"]).failures == 0)
    }

    @Test func `Too many ill at once are a storm: what runs goes on, nothing begins, one page says what they share`()
        throws
    {
        var ward = Ward([playbook()])
        for unit in 0..<8 { ward.fire(.named("unit\(unit)")) }
        #expect(ward.deeds.count == 5)
        let storms = ward.notices.filter { $0.occasion == .storm }
        #expect(storms.count == 1)
        ward.pass(.minutes(9))
        #expect(ward.healer.storm != nil)
        ward.pass(.minutes(2))
        #expect(ward.occasions.contains(.stormOver))
    }

    @Test func `A storm asks first whether the observer itself is ill`() throws {
        var ward = Ward([playbook()])
        ward.survey.observerProblems = ["9 of 10 scrapes fail, in 3 jobs"]
        for unit in 0..<8 { ward.fire(.named("unit\(unit)")) }
        let storm = try #require(ward.notices.first { $0.occasion == .storm })
        #expect(storm.summary.contains("the observer itself may be ill: 9 of 10 scrapes fail, in 3 jobs"))
        #expect(storm.facts["observer"]?.array?.count == 1)
    }

    @Test func `Limits hold for a playbook and for the host, whoever the patients are`() {
        var ward = Ward([playbook { $0.playbookLimit = Guards.Limit(2, within: .hours(1)) }])
        for unit in 0..<4 { ward.fire(.named("unit\(unit)")) }
        #expect(ward.deeds.count == 2 && ward.refusal == .limit)
        var settings = HealingSettings()
        settings.hostLimit = Guards.Limit(3, within: .hours(1))
        var host = Ward([playbook()], settings: settings)
        for unit in 0..<5 { host.fire(.named("unit\(unit)")) }
        #expect(host.deeds.count == 3 && host.refusal == .limit)
    }

    @Test func `What a unit needs is left alone while that unit is treated`() {
        var ward = Ward([
            playbook("web", units: ["web.service"]), playbook("db", units: ["db.service"]),
        ])
        ward.survey.units = [UnitFacts(name: "web.service", uptime: .hours(1))]
        ward.survey.units[0].needs = ["db.service"]
        ward.fire(.named("a"))
        #expect(ward.deeds.map(\.playbook) == ["web"])
        // The same alert of another patient: the first playbook's unit is in hand, and so is what it needs.
        ward.survey.units = [UnitFacts(name: "db.service", uptime: .hours(1))]
        ward.fire(.named("b"))
        ward.pass(.seconds(61))
        #expect(ward.deeds.map(\.playbook) == ["web"])
        #expect(ward.refusal == .lock)
    }

    @Test func `Two runs never hold one lock, and who waits begins when it is free`() {
        var ward = Ward([playbook(locks: ["shared"]) { $0.lockWait = .minutes(10) }])
        ward.fire(.named("a"))
        ward.fire(.named("b"))
        #expect(ward.deeds.count == 1)
        ward.finish()
        ward.pass(.minutes(1))
        #expect(ward.deeds.count == 2)
    }

    @Test func `A lock is waited for no longer than the playbook says`() {
        var ward = Ward([playbook(locks: ["shared"])])
        ward.health = .ill
        ward.fire(.named("a"))
        ward.fire(.named("b"))
        ward.pass(.seconds(61))
        #expect(ward.deeds.count == 1)
        #expect(ward.refusal == .lock)
    }

    @Test func `The budget of the fleet is asked last, kept while the run lasts, and given back`() {
        let fleet = Guards.Fleet("api", maxConcurrent: .count(1), maxUnhealthy: .percent(40), store: .required)
        var ward = Ward([playbook { $0.fleet = fleet }])
        ward.fire()
        #expect(ward.deeds.isEmpty && ward.refusal == .fleet)
        ward.lease = .granted(FleetLease(group: "api", slot: 0, token: 1, expires: ward.now + .hours(1)))
        ward.pass(.seconds(21))
        #expect(ward.deeds.count == 1)
        ward.finish()
        ward.pass(.minutes(1))
        #expect(ward.story.filter { $0 == "release lease" }.count == 1)
    }

    @Test func `Without the fleet's store one host in ten has its turn, where the playbook allows that`() {
        let fleet = Guards.Fleet("api", maxConcurrent: .count(1), maxUnhealthy: .percent(40), store: .preferred)
        var ward = Ward([playbook { $0.fleet = fleet }])
        ward.lease = .unreachable("no route")
        ward.fire()
        ward.pass(.minutes(10))
        #expect(ward.deeds.count == 1)
        #expect((ward.now.wall.rawValue / 60_000) % 10 >= 0)
    }

    @Test func `Each heal that works is fine, and too many of them are told`() {
        var ward = Ward([
            playbook { terms in
                terms.weeklyHeals = 2
                terms.breaker = Guards.Breaker(after: 99, open: .hours(1), atMost: .hours(1), minHealthy: .minutes(1))
            }
        ])
        for _ in 0..<4 {
            ward.fire(.named("a", startsAt: ward.now.wall.rawValue))
            ward.finish()
            ward.pass(.minutes(1))
            ward.resolve()
            ward.pass(.hours(2))
        }
        #expect(ward.occasions == [.chronic])
    }
}
