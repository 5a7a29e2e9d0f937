import Diagnostics
import Metrics
import PromQL
import Storage
import Testing
import YAML

@testable import Rules

/// A group of rules over a store of its own, driven in steps of 15 seconds.
struct RuleWorld {
    let store = SampleStore()
    let engine: Engine
    let group: GroupEvaluator
    static let step = Milliseconds.seconds(15)

    init(_ text: String, context: RuleContext = RuleContext()) throws {
        engine = Engine(store: store)
        let source = SourceText(name: "rules.yml", text: text)
        let problems = Problems(in: source)
        let file = try #require(RuleFile(source, problems: problems), "\(problems.diagnostics.map(\.message))")
        group = try GroupEvaluator(
            try #require(file.groups.first),
            file: "rules.yml",
            context: context,
            engine: engine,
            store: store
        )
    }

    static func time(_ step: Int) -> Timestamp { Timestamp(milliseconds: Int64(step) * Self.step.rawValue) }

    func put(_ labels: Labels, _ value: Double, step: Int) throws {
        try store.append(labels, Self.time(step), value)
    }

    @discardableResult
    func evaluate(step: Int) -> GroupEvaluation { group.evaluate(at: Self.time(step)) }

    func query(_ text: String, step: Int) throws -> [String] {
        let result = try engine.prepare(try parse(text), text: text).instant(at: Self.time(step))
        guard case .vector(let elements) = result.value else { return [] }
        return elements.map { "\($0.labels) \(Number.plain($0.value.number))" }.sorted()
    }
}

@Suite struct `A group of rules` {
    @Test func `Each rule sees what the former ones have stored`() throws {
        let world = try RuleWorld(
            """
            groups:
              - name: chain
                labels: {team: web, tier: outer}
                rules:
                  - {record: 'job:up:sum', expr: sum by (job) (up), labels: {tier: inner}}
                  - {record: 'job:up:double', expr: 'job:up:sum * 2'}
            """
        )
        try world.put(["__name__": "up", "job": "api", "instance": "a"], 1, step: 1)
        try world.put(["__name__": "up", "job": "api", "instance": "b"], 1, step: 1)
        let result = world.evaluate(step: 1)
        #expect(result.rules.allSatisfy { $0.problem == nil })
        #expect(
            try world.query("{__name__=~\"job:.+\"}", step: 1) == [
                "job:up:double{job=\"api\", team=\"web\", tier=\"outer\"} 4",
                "job:up:sum{job=\"api\", team=\"web\", tier=\"inner\"} 2",
            ]
        )
    }

    @Test func `A series that the rule yields no more is ended`() throws {
        let world = try RuleWorld("groups: [{name: g, rules: [{record: r, expr: up == 1}]}]")
        try world.put(["__name__": "up", "instance": "a"], 1, step: 1)
        world.evaluate(step: 1)
        #expect(try world.query("r", step: 1) == ["r{instance=\"a\"} 1"])
        try world.put(["__name__": "up", "instance": "a"], 0, step: 2)
        world.evaluate(step: 2)
        #expect(try world.query("r", step: 2) == [])
        try world.put(["__name__": "up", "instance": "a"], 1, step: 3)
        world.evaluate(step: 3)
        #expect(try world.query("r", step: 3) == ["r{instance=\"a\"} 1"])
    }

    static let down = """
        groups:
          - name: service
            rules:
              - alert: Down
                expr: up == 0
                for: 30s
                labels: {severity: '{{ if eq $labels.job "api" }}page{{ else }}mail{{ end }}'}
                annotations:
                  summary: 'Service {{ $labels.instance }} is at {{ $value | humanizePercentage }}'
        """

    @Test func `An alert carries expanded labels and annotations, and its state is stored`() throws {
        let world = try RuleWorld(Self.down)
        for step in 1...3 {
            try world.put(["__name__": "up", "job": "api", "instance": "a"], 0, step: step)
            world.evaluate(step: step)
            let state = step < 3 ? "pending" : "firing"
            let labels = "alertname=\"Down\", alertstate=\"\(state)\", instance=\"a\", job=\"api\", severity=\"page\""
            #expect(try world.query("ALERTS", step: step) == ["ALERTS{\(labels)} 1"])
            #expect(try world.query("ALERTS_FOR_STATE", step: step).map { $0.suffix(3) } == [" 15"])
        }
        let alert = try #require(world.group.alerts(ofRule: 0).first)
        #expect(alert.annotations == [Label("summary", "Service a is at 0%")])
        try world.put(["__name__": "up", "job": "api", "instance": "a"], 1, step: 4)
        let result = world.evaluate(step: 4)
        #expect(result.transitions.map(\.change) == [.resolved])
        #expect(try world.query("ALERTS", step: 4) == [])
    }

    @Test func `A rule that fails does not stop its group and does not resolve its alerts`() throws {
        let world = try RuleWorld(
            """
            groups:
              - name: g
                rules:
                  - {alert: Pair, expr: a == on (x) b}
                  - {record: r, expr: a}
            """
        )
        try world.put(["__name__": "a", "x": "1"], 1, step: 1)
        try world.put(["__name__": "b", "x": "1", "y": "1"], 1, step: 1)
        #expect(world.evaluate(step: 1).transitions.map(\.change) == [.becamePending, .fired])
        try world.put(["__name__": "b", "x": "1", "y": "2"], 1, step: 2)
        let result = world.evaluate(step: 2)
        #expect(result.rules.map { $0.problem == nil } == [false, true])
        #expect(result.transitions.isEmpty)
        #expect(world.group.alerts(ofRule: 0).map(\.phase) == [.firing])
        #expect(try world.query("r", step: 2) == ["r{x=\"1\"} 1"])
    }

    @Test func `Series that become the same under the rule's labels are an error of that rule`() throws {
        let world = try RuleWorld("groups: [{name: g, rules: [{alert: A, expr: up, labels: {instance: x}}]}]")
        try world.put(["__name__": "up", "instance": "a"], 1, step: 1)
        try world.put(["__name__": "up", "instance": "b"], 1, step: 1)
        let problem = try #require(world.evaluate(step: 1).rules[0].problem)
        #expect(
            problem.description
                == "vector contains metrics with the same labelset after applying alert labels: {alertname=\"A\", instance=\"x\"}"
        )
    }

    @Test func `More results than the group's limit are refused`() throws {
        let world = try RuleWorld(
            "groups: [{name: g, limit: 1, rules: [{record: r, expr: up}, {alert: A, expr: up}]}]"
        )
        try world.put(["__name__": "up", "instance": "a"], 1, step: 1)
        try world.put(["__name__": "up", "instance": "b"], 1, step: 1)
        let problems = world.evaluate(step: 1).rules.map { $0.problem?.description }
        #expect(problems == ["exceeded limit of 1 with 2 series", "exceeded limit of 1 with 2 alerts"])
    }

    @Test func `A template that fails at run time says so in its place`() throws {
        let world = try RuleWorld(
            "groups: [{name: g, rules: [{alert: A, expr: up, annotations: {s: '{{ query \"sum(\" }}'}}]}]"
        )
        try world.put(["__name__": "up"], 1, step: 1)
        let result = world.evaluate(step: 1)
        let summary = try #require(world.group.alerts(ofRule: 0).first?.annotations.first?.value)
        #expect(summary.hasPrefix("<error expanding template: "))
        #expect(result.rules[0].templateProblems.count == 1)
        #expect(result.transitions.map(\.change) == [.becamePending, .fired])
    }

    @Test func `A template may ask the engine`() throws {
        let world = try RuleWorld(
            "groups: [{name: g, rules: [{alert: A, expr: up, annotations: {s: '{{ query \"sum(up)\" | first | value }}'}}]}]"
        )
        try world.put(["__name__": "up", "instance": "a"], 2, step: 1)
        try world.put(["__name__": "up", "instance": "b"], 3, step: 1)
        world.evaluate(step: 1)
        #expect(world.group.alerts(ofRule: 0).map { $0.annotations.map(\.value) } == [["5"], ["5"]])
    }

    @Test func `A query offset looks back and stores the result back there`() throws {
        let world = try RuleWorld("groups: [{name: g, query_offset: 30s, rules: [{record: r, expr: up}]}]")
        try world.put(["__name__": "up"], 1, step: 2)
        try world.put(["__name__": "up"], 5, step: 4)
        world.evaluate(step: 4)
        #expect(try world.query("r", step: 2) == ["r 1"])
    }

    @Test func `Pending and firing alerts survive a restart exactly`() throws {
        let before = try RuleWorld(Self.down)
        for step in 1...3 {
            try before.put(["__name__": "up", "job": "api", "instance": "a"], 0, step: step)
            if step > 1 { try before.put(["__name__": "up", "job": "db", "instance": "b"], 0, step: step) }
            before.evaluate(step: step)
        }
        let saved = before.group.saved
        let after = try RuleWorld(Self.down)
        after.group.restore(saved, now: RuleWorld.time(4))
        #expect(after.group.alerts(ofRule: 0) == before.group.alerts(ofRule: 0))
        for step in 4...4 {
            try after.put(["__name__": "up", "job": "api", "instance": "a"], 0, step: step)
            try after.put(["__name__": "up", "job": "db", "instance": "b"], 0, step: step)
            // The one that was firing does not fire again; the one that was pending goes on counting.
            #expect(
                after.evaluate(step: step).transitions.map { "\($0.alert.labels["job"] ?? "") \($0.change.rawValue)" }
                    == ["db firing"]
            )
        }
    }
}
