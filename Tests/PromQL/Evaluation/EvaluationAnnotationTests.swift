import Metrics
import PromQL
import Testing

@Suite struct EvaluationAnnotationTests {
    private func fixture() throws -> Fixture {
        try Fixture(
            every: 60,
            [
                "gauge": "1 2", "x_total": "1 2", #"h{le="1"}"#: "5 5", #"h{le="2"}"#: "3 3", #"h{le="+Inf"}"#: "6 6",
                #"stray{le="many"}"#: "1 1",
            ]
        )
    }

    private static let counter = "PromQL info: metric might not be a counter, name does not end in "
    private static let monotonic =
        "PromQL info: input to histogram_quantile needed to be fixed for monotonicity "
        + "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) "

    @Test(arguments: [
        ("rate(gauge[5m])", [counter + #"_total/_sum/_count/_bucket: "gauge" (1:6)"#]),
        ("1 +\n rate(gauge[5m])", [counter + #"_total/_sum/_count/_bucket: "gauge" (2:7)"#]),
        ("rate(x_total[5m])", []), ("rate(nothing[5m])", []), ("delta(gauge[5m])", []),
        ("increase(gauge[10s])", []),
        ("rate(gauge[5m:1m]) + rate(gauge[5m:1m])", [counter + #"_total/_sum/_count/_bucket: "gauge" (1:6)"#]),
        ("quantile(2, gauge)", ["PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)"]),
        (
            "quantile_over_time(-1, gauge[5m])",
            [
                "PromQL warning: quantile value should be between 0 and 1, got -1 (1:20)"
            ]
        ),
        (
            "limit_ratio(1.5, gauge)",
            [
                "PromQL warning: ratio value should be between -1 and 1, got 1.5, capping to 1 (1:13)"
            ]
        ),
        (
            "histogram_quantile(0.5, stray)",
            [
                #"PromQL warning: bucket label "le" is missing or has a malformed value of "many" for metric name "stray" (1:25)"#
            ]
        ),
        (
            "histogram_quantile(0.5, h)",
            [
                monotonic + #"for metric name "h", from buckets 2 to 2, with a max diff of 2, over 1 samples from "#
                    + "1970-01-01T00:01:00Z to 1970-01-01T00:01:00Z (1:25)"
            ]
        ),
        (
            "gauge </ 1",
            [
                #"PromQL info: incompatible sample types encountered for binary operator "</": float </ float (1:1)"#
            ]
        ),
        ("nothing </ 1", []),
    ])
    func `What is odd is told with its place`(query: String, annotations: [String]) throws {
        #expect(try fixture().annotations(query, at: 60) == annotations)
    }

    @Test func `Sorting a range query has no effect and says so`() throws {
        let prepared = try fixture().prepare("sum(sort(gauge))")
        let result = try prepared.range(start: .seconds(0), end: .seconds(60), step: .seconds(60))
        #expect(
            result.annotations.map { $0.text(in: prepared.text) } == [
                "PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:5)"
            ]
        )
        #expect(try prepared.instant(at: .seconds(60)).annotations.isEmpty)
    }
}
