import Metrics
import Storage
import Testing

@testable import Rules

@Suite struct `The evidence for an alert` {
    static func evidence(_ expression: String, fill: (RuleWorld) throws -> Void) throws -> Evidence {
        let world = try RuleWorld("groups: [{name: g, rules: [{alert: A, expr: '\(expression)'}]}]")
        try fill(world)
        world.evaluate(step: 20)
        let alert = try #require(world.group.alerts(ofRule: 0).first)
        return try #require(world.group.evidence(for: alert, ofRule: 0))
    }

    @Test func `Is the newest sample among the series that agree with the alert`() throws {
        let evidence = try Self.evidence("node_load1 > 5") { world in
            try world.put(["__name__": "node_load1", "instance": "a"], 9, step: 17)
            try world.put(["__name__": "node_load1", "instance": "b"], 1, step: 20)
        }
        #expect(evidence.series == 1)
        #expect(evidence.newestSample == RuleWorld.time(17))
        #expect(evidence.isFresh(at: RuleWorld.time(19), interval: .seconds(15)))
        #expect(!evidence.isFresh(at: RuleWorld.time(20), interval: .seconds(15)))
    }

    @Test func `Is as old as its collector lets it become, however often the rule looks`() throws {
        let world = try RuleWorld("groups: [{name: g, rules: [{alert: A, expr: 'x > 5'}]}]")
        let writer = try world.store.openTimeline(named: "collector")
        writer.promise(every: .seconds(5))
        let slot = try writer.slot(for: ["__name__": "x"])
        var row = Array(repeating: MarkerNaN.absent, count: slot + 1)
        row[slot] = 9
        try unsafe row.withUnsafeBufferPointer { try unsafe writer.append(at: RuleWorld.time(20), values: $0) }
        world.evaluate(step: 20)
        let alert = try #require(world.group.alerts(ofRule: 0).first)
        let evidence = try #require(world.group.evidence(for: alert, ofRule: 0))
        #expect(evidence.interval == .seconds(5))
        let moment = RuleWorld.time(20)
        #expect(evidence.isFresh(at: moment + .seconds(10), interval: .seconds(1)))
        #expect(!evidence.isFresh(at: moment + Milliseconds(10_001), interval: .seconds(1)))
        // A rule that looks once a minute over data of every five seconds is as late as it is.
        #expect(evidence.isFresh(at: moment + .minutes(2), interval: .minutes(1)))
    }

    @Test func `Where nobody says how often samples come, the newest gaps tell, and one hole among them does not`()
        throws
    {
        let evidence = try Self.evidence("node_load1 > 5") { world in
            for step in [1, 2, 3, 4, 12, 13, 14, 15] { try world.put(["__name__": "node_load1"], 9, step: step) }
        }
        #expect(evidence.interval == RuleWorld.time(2) - RuleWorld.time(1))
    }

    @Test func `Samples that were restored count as long as there is no hole between them and the new ones`() throws {
        // Every fifteen seconds; one is missed, which is no hole, and then four are, which is one.
        let missed = try Self.evidence("rate(x[10m]) >= 0") { world in
            for step in 0...20 where step != 10 { try world.put(["__name__": "x"], Double(step), step: step) }
        }
        #expect(missed.unbroken == RuleWorld.time(20) - RuleWorld.time(0))
        let broken = try Self.evidence("rate(x[10m]) >= 0") { world in
            for step in 0...20 where !(9...12).contains(step) {
                try world.put(["__name__": "x"], Double(step), step: step)
            }
        }
        #expect(broken.unbroken == RuleWorld.time(20) - RuleWorld.time(13))
    }

    @Test func `A staleness marker is no sample`() throws {
        let evidence = try Self.evidence("max_over_time(node_load1[5m]) > 5") { world in
            try world.put(["__name__": "node_load1"], 9, step: 15)
            try world.put(["__name__": "node_load1"], MarkerNaN.stale, step: 16)
        }
        #expect(evidence.newestSample == RuleWorld.time(15))
    }

    @Test func `Is not asked of rules about absence`() throws {
        let absent = try Self.evidence("absent(node_load1)") { _ in }
        #expect(absent.newestSample == nil)
        #expect(absent.isFresh(at: RuleWorld.time(1_000), interval: .seconds(15)))
        let down = try Self.evidence("up == 0") { try $0.put(["__name__": "up"], 0, step: 10) }
        #expect(down.isFresh(at: RuleWorld.time(1_000), interval: .seconds(15)))
    }

    @Test(arguments: [
        ("x > 0", Milliseconds.minutes(5)),
        ("rate(x[10m]) >= 0", .minutes(10)),
        ("rate(x[10m] offset 5m) >= 0 or x > 0", .minutes(15)),
        ("max_over_time(rate(x[10m])[1h:1m]) >= 0 or x > 0", .minutes(70)),
    ])
    func `A rule is warm once samples have come in for as long as it looks back`(
        expression: String,
        reach: Milliseconds
    ) throws {
        let evidence = try Self.evidence(expression) { world in
            for step in 1...20 { try world.put(["__name__": "x"], Double(step), step: step) }
        }
        #expect(evidence.reach == reach)
        #expect(!evidence.isWarm(at: Timestamp.epoch + reach - Milliseconds(1), coveredSince: .epoch))
        #expect(evidence.isWarm(at: Timestamp.epoch + reach, coveredSince: .epoch))
    }
}
