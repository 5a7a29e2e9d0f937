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
