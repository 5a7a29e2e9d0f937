import PromQL
import Testing

@Suite struct SubqueryTests {
    private func fixture() throws -> Fixture {
        try Fixture(every: 10, ["x": (0...60).map(String.init).joined(separator: " ")])
    }

    @Test(arguments: [
        // Times are multiples of the resolution, wherever the query stands.
        ("x[40s:20s]", "x 80:8 100:10"), ("x[40s:15s]", "x 75:7 90:9 105:10"),
        ("x[40s:20s] offset 20s", "x 60:6 80:8"), ("x[40s:20s] @ 60", "x 40:4 60:6"),
        ("x[2m:]", "x 0:0 60:6"), ("sum_over_time(x[40s:20s])", "{} 18"),
        ("max_over_time((x * 2)[40s:20s])", "{} 20"), ("sum_over_time(sum_over_time(x[20s:10s])[40s:20s])", "{} 34"),
        ("count_over_time((x > 8)[1m:10s])", "{} 2"), ("max_over_time((x @ 30)[40s:20s])", "{} 3"),
        ("rate(x[40s:10s])", "{} 0.1"), ("avg_over_time(vector(1)[1m:10s])", "{} 1"),
        ("sum_over_time(vector(time())[40s:20s])", "{} 180"), ("last_over_time(sort(x)[40s:20s])", "x 10"),
    ])
    func `A subquery asks at regular times`(query: String, answer: String) throws {
        #expect(try fixture().text(query, at: 105) == answer)
    }

    @Test func `Each step has a window of its own`() throws {
        #expect(
            try fixture().text("sum_over_time(x[20s:10s])", from: 30, to: 50, step: 10) == "{} 30:5 40:7 50:9"
        )
        #expect(
            try fixture().text("quantile_over_time(scalar(x), x[20s:10s] @ 30)", from: 0, to: 10, step: 10)
                == "{} 0:2 10:3"
        )
    }
}
