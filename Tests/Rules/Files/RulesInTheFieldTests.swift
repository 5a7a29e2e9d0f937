import Metrics
import Storage
import Testing

@testable import Rules

/// Rules as people write them, over an hour of data that makes each of them true at some time.
@Suite struct `Rules that people wrote` {
    struct Case: CustomTestStringConvertible, Sendable {
        let rule: String
        /// The values of each series at a step of 15 seconds.
        let series: @Sendable (Int) -> [(Labels, Double)]
        let firesAt: Int
        var summary: String?

        var testDescription: String { rule }
    }

    static let cases = [
        Case(
            rule: "expr: up == 0\n        for: 1m\n"
                + "        annotations: {summary: 'Service {{ $labels.instance }} has been down'}",
            series: { [(["__name__": "up", "instance": "a"] as Labels, $0 < 10 ? 1 : 0)] },
            firesAt: 14,
            summary: "Service a has been down"
        ),
        Case(
            rule: "expr: up{job=\"otlp-client\"} == 0",
            series: { [(["__name__": "up", "job": "otlp-client"] as Labels, $0 < 10 ? 1 : 0)] },
            firesAt: 10
        ),
        Case(
            rule: "expr: rate(http_requests_total{status=~\"5..\"}[5m]) / rate(http_requests_total[5m]) > 0.05\n"
                + "        for: 3m",
            series: { [(["__name__": "http_requests_total", "status": "500"] as Labels, Double($0))] },
            // A rate needs two samples, and so is true from the second step on.
            firesAt: 13
        ),
        Case(
            rule: "expr: rate(otlp_errors_total[5m]) > 0.1\n        for: 2m",
            series: { [(["__name__": "otlp_errors_total"] as Labels, Double(3 * $0))] },
            // Above a tenth once the window holds more than thirty errors, at the eleventh step.
            firesAt: 19
        ),
        Case(
            rule: "expr: histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m])) > 1\n"
                + "        for: 5m",
            series: { step in
                [("1", 5.0), ("5", 10), ("+Inf", 10)].map { bound, pace in
                    (["__name__": "http_request_duration_seconds_bucket", "le": bound] as Labels, pace * Double(step))
                }
            },
            firesAt: 21
        ),
        Case(
            rule: "expr: (container_memory_usage_bytes{name=\"otlp-client\"}"
                + " / container_spec_memory_limit_bytes{name=\"otlp-client\"}) > 0.8\n"
                + "        annotations: {summary: 'Memory usage is {{ $value | humanizePercentage }}'}",
            series: { step in
                [
                    (
                        ["__name__": "container_memory_usage_bytes", "name": "otlp-client"] as Labels,
                        step < 5 ? 10 : 90
                    ),
                    (["__name__": "container_spec_memory_limit_bytes", "name": "otlp-client"] as Labels, 100),
                ]
            },
            firesAt: 5,
            summary: "Memory usage is 90%"
        ),
        Case(
            rule: "expr: go_memstats_alloc_bytes / go_memstats_sys_bytes > 0.8",
            series: { step in
                [
                    (["__name__": "go_memstats_alloc_bytes"] as Labels, step < 7 ? 1 : 9),
                    (["__name__": "go_memstats_sys_bytes"] as Labels, 10),
                ]
            },
            firesAt: 7
        ),
        Case(
            rule: "expr: go_goroutines_total > 1000\n        for: 10m",
            series: { [(["__name__": "go_goroutines_total"] as Labels, $0 < 3 ? 10 : 2_000)] },
            firesAt: 43
        ),
    ]

    @Test(arguments: cases)
    func `Fire when they should and not before`(case wanted: Case) throws {
        let world = try RuleWorld(
            "groups:\n  - name: g\n    rules:\n      - alert: A\n        \(wanted.rule)\n"
        )
        var firedAt: Int?
        for step in 0...60 where firedAt == nil {
            for (labels, value) in wanted.series(step) {
                try world.put(labels, value, step: step)
            }
            let result = world.evaluate(step: step)
            #expect(result.rules.allSatisfy { $0.problem == nil })
            if result.transitions.contains(where: { $0.change == .fired }) { firedAt = step }
        }
        #expect(firedAt == wanted.firesAt)
        if let summary = wanted.summary {
            #expect(world.group.alerts(ofRule: 0).first?.annotations == [Label("summary", summary)])
        }
    }
}
