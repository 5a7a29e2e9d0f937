import Diagnostics
import Metrics
import PromQL
import Rules
import Storage
import YAML

/// Five hundred alerting rules of the kinds that people write, evaluated in turn over 200,000 series.
struct RuleCases {
    private static let series = 200_000
    private static let rules = 500
    private static let frames = 45

    func run(into report: inout Report) throws {
        let fleet = try Fleet(series: Self.series)
        for _ in 0..<Self.frames {
            try fleet.scrape()
        }
        let source = SourceText(name: "rules.yml", text: Self.file)
        let problems = Problems(in: source)
        guard let file = RuleFile(source, problems: problems) else {
            throw Unusable(problems: problems.diagnostics.map(\.message))
        }
        let engine = Engine(store: fleet.store)
        let groups = try file.groups.map { group throws in
            try GroupEvaluator(group, file: "rules.yml", context: RuleContext(), engine: engine, store: fleet.store)
        }
        var failures = 0
        let watch = Stopwatch(rounds: 7) { round in
            let now = fleet.now + Milliseconds(Int64(round) * 1_000)
            for group in groups {
                failures += group.evaluate(at: now).rules.count { $0.problem != nil }
            }
        }
        guard failures == 0 else { throw Unusable(problems: ["\(failures) evaluations failed"]) }
        report.add("rules/500 over 200k series", watch.nanoseconds / 1e6, .milliseconds)
        report.add("rules/500 over 200k series", watch.allocations, .allocations)
    }

    /// What is wrong with the rules that the benchmark made.
    private struct Unusable: Error {
        let problems: [String]
    }

    private static let kinds = [
        "rate(http_requests_total{JOB,status=~\"5..\"}[5m]) / rate(http_requests_total{JOB,status=~\"5..\"}[5m]) > 2",
        "sum by (job, instance) (rate(http_requests_total{JOB,status=~\"5..\"}[5m])) > 1e9",
        "sum by (instance) (rate(http_requests_total{JOB,status=~\"5..\"}[5m]))"
            + " / sum by (instance) (rate(http_requests_total{JOB}[5m])) > 2",
        "histogram_quantile(0.95, sum by (instance, le) (rate(http_request_duration_seconds_bucket{JOB}[5m]))) > 1e9",
        "histogram_quantile(0.95, rate(http_request_duration_seconds_bucket{JOB,handler=~\".*7\"}[5m])) > 1e9",
        "process_resident_memory_bytes{JOB} > 1e15",
        "max by (instance) (http_requests_in_flight{JOB}) > 1e9",
        "avg_over_time(http_requests_in_flight{JOB}[5m]) > 1e9",
        "rate(process_cpu_seconds_total{JOB}[5m]) > 1e9",
        "handler_enabled{JOB} == 0",
    ]

    /// Ten groups of fifty rules; every rule looks at one of the five jobs.
    private static var file: String {
        let lines = (0..<10).map { group in
            let rules = (0..<rules / 10).map { number in
                let expression = kinds[number % kinds.count].replacing("JOB", with: "job=\"job-\((number / 10) % 5)\"")
                return "      - alert: A\(number)\n        expr: '\(expression)'\n        for: 5m\n"
            }
            return "  - name: group-\(group)\n    rules:\n\(rules.joined())"
        }
        return "groups:\n" + lines.joined()
    }
}
