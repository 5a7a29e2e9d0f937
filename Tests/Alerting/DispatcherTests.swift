import Metrics
import Testing

@testable import Alerting

@Suite struct `Dispatching` {
    static let plain =
        "{receiver: team, group_by: [alertname], group_wait: 10s, group_interval: 60s, repeat_interval: 5m}"

    @Test func `A group waits for company, then for its interval, then repeats`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.run(until: 5)
        stage.fire("B")
        stage.run(until: 30)
        stage.fire("C")
        stage.run(until: 700)
        // Repeated at the first turn after five minutes have passed since the last time.
        #expect(stage.sent == ["10 team firing A,B", "70 team firing A,B,C", "430 team firing A,B,C"])
    }

    @Test func `The end is told at the next turn, and the group is forgotten`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.fire("B")
        stage.run(until: 20)
        stage.resolve("A")
        stage.run(until: 100)
        stage.resolve("B")
        stage.run(until: 300)
        #expect(stage.sent == ["10 team firing A,B", "70 team firing A(ok),B", "130 team resolved B(ok)"])
        #expect(stage.dispatcher.groupCount == 0)
        stage.fire("A")
        stage.run(until: 400)
        #expect(stage.sent.last == "310 team firing A")
    }

    @Test func `What began and ended before anybody was told is not told`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.run(until: 5)
        stage.resolve("A")
        stage.run(until: 100)
        #expect(stage.sent == [])
    }

    @Test func `An alert that is older than the wait is told at once`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        let old = AlertUpdate(labels: Stage.labels("A"), startsAt: Stage.start - .seconds(11))
        stage.handle(.alerts([old]))
        #expect(stage.sent == ["0 team firing A"])
    }

    @Test func `Who is not told of ends still hears of the next begin`() throws {
        var stage = Stage(
            try Stage.settings("{receiver: chat, group_wait: 10s, group_interval: 60s, repeat_interval: 5m}")
        )
        stage.fire("A")
        stage.fire("B")
        stage.run(until: 20)
        stage.resolve("A")
        stage.run(until: 100)
        #expect(stage.sent == ["10 chat firing A,B"])
        stage.resolve("B")
        stage.run(until: 140)
        stage.fire("B")
        stage.run(until: 250)
        #expect(stage.sent == ["10 chat firing A,B", "190 chat firing B"])
    }

    @Test func `An alert from outside is over when nobody speaks of it any more`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A", origin: .api)
        stage.run(until: 200)
        stage.fire("A", origin: .api)
        stage.run(until: 700)
        #expect(stage.sent.first == "10 team firing A")
        // Five minutes after the last word, at the next turn.
        #expect(stage.sent.last == "550 team resolved A(ok)")
        #expect(stage.sent.count == 3)
    }

    @Test func `Groups, receivers and continued routes are kept apart`() throws {
        let route = """
            receiver: team
            group_by: [alertname, cluster]
            group_wait: 10s
            routes:
              - {matchers: [kind=db], receiver: db, group_wait: 5s, continue: true}
              - {matchers: [kind=db], receiver: oncall, group_by: ['...']}
            """
        var stage = Stage(try Stage.settings(route))
        stage.fire("A", ["cluster": "1"])
        stage.fire("B", ["cluster": "2"])
        stage.fire("C", ["kind": "db", "cluster": "1"])
        stage.fire("D", ["kind": "db", "cluster": "1"])
        stage.run(until: 60)
        #expect(
            Set(stage.sent) == [
                "5 db firing C,D", "10 team firing A", "10 team firing B", "10 oncall firing C", "10 oncall firing D",
            ]
        )
        #expect(
            stage.dispatcher.groups(at: stage.now).map(\.receiver).sorted() == [
                "db", "oncall", "oncall", "team", "team",
            ]
        )
    }

    @Test func `Alerts stand in Alertmanager's order`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("no-job", ["a": "1"])
        stage.fire("b2", ["job": "b", "instance": "2"])
        stage.fire("b1", ["job": "b", "instance": "1"])
        stage.fire("a", ["job": "a"])
        stage.fire("a-more", ["job": "a", "z": "1"])
        stage.run(until: 10)
        #expect(stage.sent == ["10 team firing a,a-more,b1,b2,no-job"])
    }

    @Test func `Silenced, inhibited and muted alerts are not told, and the trail says why`() throws {
        let rule = InhibitRule(
            source: [LabelMatcher("severity", equals: "critical")],
            target: [LabelMatcher("severity", equals: "warning")]
        )
        let hours = NamedTimeInterval(name: "never", intervals: [TimeInterval(years: [1999...1999])])
        let always = NamedTimeInterval(name: "always", intervals: [TimeInterval()])
        let route = """
            receiver: team
            group_by: ['...']
            group_wait: 10s
            routes:
              - {matchers: [kind=late], mute_time_intervals: [never, always]}
              - {matchers: [kind=early], active_time_intervals: [never]}
              - {matchers: [kind=fine], active_time_intervals: [never, always], mute_time_intervals: [never]}
            """
        var stage = Stage(try Stage.settings(route, inhibit: [rule], intervals: [hours, always]))
        let draft = SilenceDraft(
            matchers: [.init("name", .equal, "S")],
            startsAt: stage.now,
            endsAt: stage.now + .hours(1),
            createdBy: "me",
            comment: "why not"
        )
        stage.perform(try stage.dispatcher.setSilence(draft, newID: "1", at: stage.now).effects)
        stage.fire("S")
        stage.fire("I", ["severity": "warning"])
        stage.fire("C", ["severity": "critical"])
        stage.fire("L", ["kind": "late"])
        stage.fire("E", ["kind": "early"])
        stage.fire("F", ["kind": "fine"])
        stage.run(until: 1000)
        #expect(Set(stage.sent) == ["10 team firing C", "10 team firing F"])
        #expect(stage.verdicts("S") == [.silenced])
        #expect(stage.verdicts("I", ["severity": "warning"]) == [.inhibited])
        #expect(stage.verdicts("L", ["kind": "late"]) == [.muted])
        #expect(stage.verdicts("E", ["kind": "early"]) == [.muted])
        #expect(stage.verdicts("C", ["severity": "critical"]) == [.queued, .sent])
        let why = stage.trail.filter { $0.verdict == .muted }.map(\.why).sorted()
        #expect(why == ["outside of the active time intervals never", "within the mute time interval always"])
        let views = stage.dispatcher.alerts(at: stage.now)
        #expect(views.filter(\.isSuppressed).count == 2)
    }

    @Test func `The end of what was silenced is told where the route wishes it`() throws {
        for (wish, expected) in [
            ("true", ["10 team firing A", "70 team resolved A(ok)"]), ("false", ["10 team firing A"]),
        ] {
            let route = "{receiver: team, group_wait: 10s, group_interval: 60s, notify_silenced_resolved: \(wish)}"
            var stage = Stage(try Stage.settings(route))
            stage.fire("A")
            stage.run(until: 20)
            let draft = SilenceDraft(
                matchers: [.init("name", .equal, "A")],
                startsAt: stage.now,
                endsAt: stage.now + .hours(1),
                createdBy: "me",
                comment: ""
            )
            stage.perform(try stage.dispatcher.setSilence(draft, newID: "1", at: stage.now).effects)
            stage.resolve("A")
            stage.run(until: 500)
            #expect(stage.sent == expected)
        }
    }

    @Test func `A silence can end with its alerts`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        let draft = SilenceDraft(
            matchers: [.init("name", .matches, "A|B")],
            startsAt: stage.now,
            endsAt: stage.now + .hours(9),
            createdBy: "me",
            comment: "",
            endsWithAlerts: true
        )
        stage.perform(try stage.dispatcher.setSilence(draft, newID: "1", at: stage.now).effects)
        stage.fire("A")
        stage.fire("B")
        stage.run(until: 30)
        stage.resolve("A")
        stage.run(until: 1200)
        #expect(stage.dispatcher.silences["1"]?.state(at: stage.now) == .active)
        stage.resolve("B")
        stage.run(until: 1202)
        #expect(stage.dispatcher.silences["1"]?.state(at: stage.now) == .expired)
    }

    @Test func `An acknowledged alert is not repeated, but its end is told`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.run(until: 20)
        stage.handle(.acknowledged(Fingerprint(Stage.labels("A")), by: "me", comment: "on it"))
        stage.run(until: 1000)
        #expect(stage.sent == ["10 team firing A"])
        #expect(stage.dispatcher.alerts(at: stage.now)[0].acknowledgement?.by == "me")
        stage.resolve("A")
        stage.run(until: 1100)
        #expect(stage.sent == ["10 team firing A", "1030 team resolved A(ok)"])
        #expect(stage.dispatcher.acknowledgements.isEmpty)
    }

    @Test func `What could not be delivered is told anew at the next turn`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.outcome = { _ in .failed("no such host") }
        stage.fire("A")
        stage.run(until: 20)
        stage.resolve("A")
        stage.fire("B")
        stage.outcome = { _ in .told }
        stage.run(until: 100)
        #expect(stage.sent == ["10 team firing A", "70 team firing A(ok),B"])
        #expect(stage.verdicts("A") == [.queued, .failed, .queued, .sent])
    }

    @Test func `One that is still on its way is replaced by the newer state, and kept while nothing changes`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.outcome = { _ in nil }
        stage.fire("A")
        stage.run(until: 600)
        #expect(stage.sent == ["10 team firing A"])
        stage.fire("B")
        stage.run(until: 700)
        #expect(stage.sent == ["10 team firing A", "610 team firing A,B"])
        #expect(stage.superseded == [stage.notifications[0].id])
        stage.handle(.delivered(notification: stage.notifications[0].id, .told))
        #expect(stage.dispatcher.pendingCount == 1)
        stage.handle(.delivered(notification: stage.notifications[1].id, .told))
        #expect(stage.dispatcher.pendingCount == 0)
        stage.run(until: 900)
        #expect(stage.sent.count == 2)
    }

    @Test func `A fallback is told when the receiver cannot be, once`() throws {
        let broken = ReceiverFacts(
            name: "broken",
            integrations: [IntegrationFacts(kind: "slack", index: 0, sendsResolved: true)],
            fallback: "boss"
        )
        var stage = Stage(try Stage.settings("{receiver: broken, group_wait: 10s}", receivers: [broken]))
        stage.outcome = { _ in .failed("410") }
        stage.fire("A")
        stage.run(until: 20)
        #expect(stage.sent == ["10 broken firing A", "10 boss firing A"])
        #expect(
            stage.notifications[1].reason == .fallback(for: IntegrationKey(receiver: "broken", kind: "slack", index: 0))
        )
    }

    @Test func `Another configuration leaves groups that stay as they are alone`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.run(until: 30)
        stage.fire("B")
        let more =
            "{receiver: team, group_by: [alertname], group_wait: 10s, group_interval: 60s, routes: [{matchers: [kind=db], receiver: db}]}"
        stage.handle(.reconfigured(try Stage.settings(more)))
        stage.run(until: 65)
        #expect(stage.sent == ["10 team firing A"])
        stage.run(until: 100)
        #expect(stage.sent == ["10 team firing A", "70 team firing A,B"])
    }

    @Test func `Under another configuration a new receiver is told and the old one is not`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.run(until: 30)
        stage.handle(.reconfigured(try Stage.settings("{receiver: boss, group_wait: 10s}")))
        stage.run(until: 100)
        #expect(stage.sent == ["10 team firing A", "30 boss firing A"])
    }

    @Test func `After a restart nothing is told twice and nothing is lost`() throws {
        let settings = try Stage.settings(Self.plain)
        var before = Stage(settings)
        before.fire("A", origin: .api)
        before.run(until: 20)
        before.fire("B", origin: .api)
        var saved = SavedAlerting()
        for change in before.saved {
            switch change {
            case .alert(let alert): saved.alerts.append(alert)
            case .told(let entry): saved.told.append(entry)
            default: break
            }
        }
        #expect(saved.alerts.count == 2 && saved.told.count == 1)
        var after = Stage(settings, saved: saved, at: Stage.start + .seconds(25))
        after.run(until: 60)
        #expect(after.sent == ["25 team firing A,B"])
        // On its way when medic ended: it is not queued again.
        saved.notifications = after.notifications
        saved.told = []
        var again = Stage(settings, saved: saved, at: Stage.start + .seconds(50))
        again.run(until: 120)
        #expect(again.sent == [])
        again.handle(.delivered(notification: after.notifications[0].id, .told))
        #expect(again.saved.contains { if case .told = $0 { true } else { false } })
    }

    @Test func `A clock that is set back keeps nobody waiting`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.run(until: 2)
        stage.handle(.tick)
        stage.now = stage.now - .hours(1)
        stage.handle(.tick)
        let wake = try #require(stage.dispatcher.nextWake)
        #expect(wake - stage.now == .seconds(8))
    }

    @Test func `At the limits alerts and groups are refused and counted`() throws {
        var settings = try Stage.settings("{receiver: team, group_by: ['...'], group_wait: 10s}")
        settings.limits = AlertingLimits(alerts: 3, groups: 2)
        var stage = Stage(settings)
        for name in ["A", "B", "C", "D"] { stage.fire(name) }
        stage.run(until: 20)
        #expect(stage.sent.count == 2)
        #expect(stage.dispatcher.counts.groupsRefused == 1)
        #expect(stage.dispatcher.counts.alertsRefused == 1)
        #expect(stage.verdicts("D") == [.dropped])
    }

    @Test func `Ten thousand alerts are grouped at once, quickly`() throws {
        var stage = Stage(try Stage.settings("{receiver: team, group_by: [cluster], group_wait: 10s}"))
        let updates = (0..<10_000).map { index in
            AlertUpdate(
                labels: Stage.labels("A\(index)", ["cluster": "\(index % 100)", "job": "api", "instance": "\(index)"]),
                startsAt: stage.now,
                origin: .api
            )
        }
        let clock = ContinuousClock()
        let took = clock.measure {
            stage.handle(.alerts(updates))
            stage.run(until: 10)
        }
        #expect(stage.notifications.count == 100)
        #expect(stage.notifications.reduce(0) { $0 + $1.alerts.count } == 10_000)
        #expect(took < .seconds(20), "\(took)")
    }

    @Test func `Two words on one stretch of time become one`() {
        let start = Stage.start
        func alert(_ from: Int64, _ to: Int64?, _ at: Int64, timesOut: Bool = false) -> ReceivedAlert {
            ReceivedAlert(
                labels: ["a": "b"],
                startsAt: start + .seconds(from),
                endsAt: to.map { start + .seconds($0) },
                updatedAt: start + .seconds(at),
                timesOut: timesOut
            )
        }
        var store = AlertStore(limit: 10)
        func put(_ alert: ReceivedAlert, _ now: Int64) -> (Int64, Int64?) {
            let merged = store.put(alert, at: start + .seconds(now)) ?? alert
            return ((merged.startsAt - start).rawValue / 1000, merged.endsAt.map { ($0 - start).rawValue / 1000 })
        }
        #expect(put(alert(10, 100, 10), 10) == (10, 100))
        // The earliest begin; a later end that was told stays against an earlier one that was not reached.
        #expect(put(alert(20, 90, 20), 20) == (10, 100))
        #expect(put(alert(20, 120, 30), 30) == (10, 120))
        // An end that has come counts.
        #expect(put(alert(20, 35, 40), 40) == (10, 35))
        // A new stretch of time that does not touch the old one.
        #expect(put(alert(50, 150, 50, timesOut: true), 50) == (50, 150))
        // An end that only follows from a timeout gives way.
        #expect(put(alert(60, 140, 60), 60) == (50, 140))
    }
}

private func == (left: (Int64, Int64?), right: (Int64, Int64?)) -> Bool { left.0 == right.0 && left.1 == right.1 }
