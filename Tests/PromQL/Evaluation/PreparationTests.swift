import Metrics
import PromQL
import Storage
import Testing

@Suite struct PreparationTests {
    @Test func `A prepared query sees new series, new samples and series that have gone`() throws {
        let fixture = Fixture()
        let writer = try fixture.store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "x", [Label("job", "a")]))
        try writer.append(at: 0, [1])
        let queries = try [
            "x", "sum by (job) (x)", "x + on (job) x", "x or y", "x and on () y", "count_values(\"v\", x)",
            "sum(x[1m:30s] @ end())", "topk(1, x)", "label_replace(x, \"n\", \"$1\", \"job\", \"(.*)\")", "absent(y)",
        ].filter { (try? parse($0)) != nil }.map { try fixture.prepare($0) }
        func check(_ seconds: Int64) throws {
            for prepared in queries {
                let fresh = try Engine(store: fixture.store).prepare(prepared.expression, text: prepared.text)
                    .instant(at: .seconds(seconds)).value.text
                #expect(try prepared.instant(at: .seconds(seconds)).value.text == fresh)
                #expect(try prepared.instant(at: .seconds(seconds)).value.text == fresh)
            }
        }
        try check(0)
        _ = try writer.slot(for: Labels(name: "x", [Label("job", "b")]))
        try writer.append(at: 10, [2, 5])
        try check(10)
        let other = try fixture.store.openTimeline(named: "other")
        _ = try other.slot(for: Labels(name: "y"))
        try other.append(at: 20, [9])
        try check(20)
        writer.close(at: .seconds(30))
        try check(30)
        fixture.store.dropSamples(before: .seconds(3_600))
        try check(3_600)
    }

    @Test func `Queries of one engine share what their selectors found`() throws {
        let fixture = try Fixture(every: 10, ["x": "1 2"])
        let prepared = try (0..<3).map { _ in try fixture.prepare("x * 2") }
        for query in prepared { #expect(try query.instant(at: .seconds(10)).value.text == "{} 4") }
        try fixture.load(every: 10, [#"x{a="1"}"#: "5 6"])
        for query in prepared {
            #expect(try query.instant(at: .seconds(10)).value.text.contains(#"{a="1"} 12"#))
        }
    }

    @Test func `The same query may be asked at once and over a range, at any time`() throws {
        let fixture = try Fixture(every: 10, ["x_total": "0 1 3 6 10 15 21 28"])
        let prepared = try fixture.prepare("rate(x_total[range() + 30s])")
        for _ in 0..<3 {
            #expect(try prepared.instant(at: .seconds(60)).value.text.hasPrefix("{} 0.55"))
            let range = try prepared.range(start: .seconds(40), end: .seconds(60), step: .seconds(10))
            #expect(range.value.text.hasPrefix("{} 40:"))
        }
    }
}
