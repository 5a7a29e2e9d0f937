import Diagnostics
import Metrics
import PromQL
import Rules
import Storage
import Testing
import YAML

@testable import Agent

@Suite struct LiveGroupTests {
    private let store = SampleStore()
    private let now = Timestamp(milliseconds: 1_000_000)

    private func group(_ text: String) throws -> LiveGroup {
        let source = SourceText(name: "rules.yml", text: text)
        let problems = Problems(in: source)
        let file = try #require(RuleFile(source, problems: problems))
        let group = try #require(file.groups.first)
        let evaluator = try GroupEvaluator(
            group,
            file: "rules.yml",
            context: RuleContext(),
            engine: Engine(store: store),
            store: store
        )
        return LiveGroup(evaluator, of: file, now: now)
    }

    @Test func `Two evaluations never carry the same moment`() throws {
        let live = try group("groups: [{name: a, rules: [{alert: Up, expr: up == 1}]}]")
        #expect(live.evaluate(at: now).at == now)
        #expect(live.evaluate(at: now).at == now + Milliseconds(1))
        #expect(live.evaluations == 2)
    }

    @Test func `A group that sleeps through its evaluations counts them and goes on with the latest`() throws {
        let live = try group("groups: [{name: a, interval: 10s, rules: [{record: a, expr: vector(1)}]}]")
        let first = live.due
        live.reschedule(now: first + .seconds(35))
        #expect(live.missed == 2)
        #expect(live.due == first + .seconds(30))
    }

    @Test func `A group that says on_change reads the timelines of its selectors, also those that come later`() throws {
        let live = try group(
            "groups: [{name: a, evaluate: on_change, rules: [{alert: Down, expr: 'sum(up{job=\"a\"}) == 0'}]}]"
        )
        let watch = try #require(live.watch)
        let writer = try store.openTimeline(named: "a")
        #expect(!watch.reads(writer.timeline, in: store))
        _ = try writer.slot(for: ["__name__": "up", "job": "a"])
        #expect(watch.reads(writer.timeline, in: store))
        let other = try store.openTimeline(named: "b")
        _ = try other.slot(for: ["__name__": "up", "job": "b"])
        #expect(!watch.reads(other.timeline, in: store))
    }

    @Test func `A group is the same when it says the same, wherever it stands in its file`() throws {
        let live = try group("groups: [{name: a, rules: [{record: a, expr: vector(1)}]}]")
        let moved = try group("# new\ngroups: [{name: a, rules: [{record: a, expr: vector(1)}]}]")
        let changed = try group("groups: [{name: a, rules: [{record: a, expr: vector(2)}]}]")
        #expect(live.isSame(as: moved.group, in: moved.file.source))
        #expect(!live.isSame(as: changed.group, in: changed.file.source))
    }
}
