import Metrics
import Testing

@testable import Playbooks

/// A unit that has several names is one patient, whoever uses which of them.
@Suite struct AliasTests {
    /// One playbook for a unit that has two names.
    private func ward(_ change: @escaping @Sendable (inout GuardTerms) -> Void = { _ in }) -> Ward {
        var ward = Ward([unitPlaybook(change)])
        ward.aliases = ["alias.service": "web.service"]
        return ward
    }

    /// Treats the unit that the alert names.
    private func unitPlaybook(_ change: @escaping @Sendable (inout GuardTerms) -> Void) -> PreparedPlaybook {
        PreparedPlaybook(
            name: "restart",
            triggers: [.init { $0["alertname"] == "Down" }],
            subject: ["unit"]
        ) { alert, run, variables in
            playbook(units: [alert.labels["unit"] ?? ""], terms: change).plan(alert, run, variables)
        }
    }

    @Test func `Two names of a unit are one lock`() {
        var ward = Ward([
            playbook("a", units: ["web.service"]), playbook("b", units: ["alias.service"]),
        ])
        ward.aliases = ["alias.service": "web.service"]
        ward.command(.start(playbook: "a", labels: ["unit": "a"], variables: []))
        #expect(ward.deeds.map(\.playbook) == ["a"])
        ward.command(.start(playbook: "b", labels: ["unit": "b"], variables: []))
        ward.pass(.seconds(61))
        #expect(ward.deeds.map(\.playbook) == ["a"])
        #expect(ward.refusal == .lock)
        #expect(ward.refusalSentence?.contains("unit/web.service, another name of which is unit/alias.service") == true)
    }

    @Test func `And so it is the other way round, and for a lock that the author wrote`() {
        for (units, locks) in [(["web.service"], []), ([], ["unit/web.service"])] {
            var ward = Ward([
                playbook("a", locks: ["unit/alias.service"]), playbook("b", units: units, locks: locks),
            ])
            ward.aliases = ["alias.service": "web.service"]
            ward.command(.start(playbook: "a", labels: ["unit": "a"], variables: []))
            ward.command(.start(playbook: "b", labels: ["unit": "b"], variables: []))
            ward.pass(.seconds(61))
            #expect(ward.deeds.map(\.playbook) == ["a"])
            #expect(ward.refusal == .lock)
        }
    }

    @Test func `What a unit needs is left alone under its other name too`() {
        var ward = Ward([
            playbook("web", units: ["web.service"]), playbook("db", units: ["sql.service"]),
        ])
        ward.aliases = ["sql.service": "db.service"]
        ward.survey.units = [UnitFacts(name: "web.service", uptime: .hours(1))]
        ward.survey.units[0].needs = ["db.service"]
        ward.command(.start(playbook: "web", labels: ["unit": "a"], variables: []))
        ward.survey.units = []
        ward.command(.start(playbook: "db", labels: ["unit": "b"], variables: []))
        ward.pass(.seconds(61))
        #expect(ward.deeds.map(\.playbook) == ["web"])
        #expect(ward.refusal == .lock)
    }

    @Test func `An alert that names the patient otherwise joins the run that is open for him`() throws {
        var ward = ward()
        ward.fire(.named("web.service"))
        ward.fire(.named("alias.service"))
        #expect(ward.deeds.count == 1)
        let run = try #require(ward.healer.run("1"))
        #expect(run.progress.joined.map { $0["unit"] } == ["alias.service"])
        #expect(ward.notices.allSatisfy { $0.occasion != .blocked })
    }

    @Test func `Cooldown, limit and breaker are the patient's, not the name's`() {
        var ward = ward { $0.cooldown = .minutes(10) }
        ward.fire(.named("web.service"))
        ward.finish()
        ward.pass(.minutes(1))
        ward.resolve(.named("web.service"))
        ward.fire(.named("alias.service"))
        #expect(ward.deeds.count == 1 && ward.refusal == .cooldown)

        var limited = self.ward {
            $0.cooldown = .zero
            $0.subjectLimit = Guards.Limit(2, within: .hours(1))
        }
        for unit in ["alias.service", "web.service", "alias.service"] {
            limited.fire(.named(unit, startsAt: 1_700_000_000_000 + limited.time))
            limited.finish()
            limited.pass(.minutes(2))
            limited.resolve(.named(unit))
        }
        #expect(limited.deeds.count == 2 && limited.refusal == .limit)

        var open = self.ward()
        open.fire(.named("alias.service"))
        open.finish()
        open.pass(.minutes(2))
        open.command(.openBreaker(playbook: "restart", subject: ["unit": "alias.service"]))
        #expect(open.healer.course(of: "restart", ["unit": "web.service"]).breaker != .closed)
    }

    @Test func `What was learnt about names outlives a restart, and an alias that is none any longer is forgotten`() {
        var ward = ward { $0.cooldown = .hours(2) }
        ward.fire(.named("alias.service"))
        ward.finish()
        ward.pass(.minutes(2))
        ward.resolve(.named("alias.service"))
        ward.restart([unitPlaybook { $0.cooldown = .hours(2) }])
        #expect(ward.healer.course(of: "restart", ["unit": "alias.service"]).subject["unit"] == "web.service")
        #expect(ward.healer.checkpoint.contains(.identity(UnitIdentity(alias: "alias.service", name: "web.service"))))
        ward.aliases = ["alias.service": "alias.service"]
        ward.fire(.named("alias.service"))
        #expect(ward.deeds.count == 2)
        #expect(!ward.healer.checkpoint.contains { $0.kind == "identity" })
    }
}
