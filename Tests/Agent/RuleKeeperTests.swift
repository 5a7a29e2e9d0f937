import Diagnostics
import EventLoop
import Instruments
import Logging
import Metrics
import PromQL
import Rules
import Storage
import Testing
import YAML

@testable import Agent

@Suite struct RuleKeeperTests {
    private static let now = Timestamp(milliseconds: 1_000_000)
    private let store = SampleStore()

    private func keeper(on loop: EventLoop) throws -> RuleKeeper {
        let source = SourceText(
            name: "rules.yml",
            text: "groups: [{name: a, evaluate: on_change, rules: [{alert: Down, expr: up == 0}]}]"
        )
        let file = try #require(RuleFile(source, problems: Problems(in: source)))
        let keeper = RuleKeeper(
            on: loop,
            engine: Engine(store: store),
            store: store,
            log: Logger(.discarding(), component: "rules"),
            instruments: Instruments(),
            clock: { Self.now },
            desk: DatasourceDesk(loop, Instruments()),
            listeners: []
        )
        loop.submit { try? keeper.apply([file], context: RuleContext(), saved: []) }
        return keeper
    }

    @Test func `A row that is ahead of the clock is evaluated at once, and is what is so now`() async throws {
        let loop = try EventLoop(named: "rules")
        loop.start()
        defer { loop.stop() }
        let keeper = try keeper(on: loop)
        let writer = try store.openTimeline(named: "a")
        let slot = try writer.slot(for: ["__name__": "up"])
        let timeline = writer.timeline
        var row = [Double](repeating: MarkerNaN.absent, count: writer.width)
        // Two things that happen within a millisecond.
        for (ahead, value) in [(0, 1.0), (1, 0.0)] {
            row[slot] = value
            let time = Self.now + Milliseconds(Int64(ahead))
            try unsafe row.withUnsafeBufferPointer { row throws(StorageRefusal) in
                try unsafe writer.append(at: time, values: row)
            }
            loop.submit { keeper.landed(timeline, at: time) }
        }
        let (phases, present) = await loop.perform {
            (keeper.groups.first?.evaluator.alerts(ofRule: 0).map(\.phase), keeper.present)
        }
        #expect(phases == [.firing])
        #expect(present == Self.now + Milliseconds(1))
    }
}
