import YAML
import Diagnostics
import Metrics
import PromQL

/// Selectors of metrics that nobody has ever shown: misspelt, or of a target that is not read.
enum MetricCheck {
    /// Metrics that come into being with scraping and with alerts.
    private static let ownMetrics: Set<String> = [
        "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling",
        "scrape_series_added", "ALERTS", "ALERTS_FOR_STATE",
    ]

    static func findings(_ subject: RuleUnderCheck) -> [Diagnostic] {
        guard let metrics = subject.facts.metrics else { return [] }
        return subject.expressions.flatMap { expression in
            expression.tree.selectorUses.compactMap { use in
                finding(use.selector, expression, metrics, subject)
            }
        }
    }

    private static func finding(
        _ selector: VectorSelector,
        _ expression: RuleExpression,
        _ metrics: Set<String>,
        _ subject: RuleUnderCheck
    ) -> Diagnostic? {
        let conditions = selector.matchers.filter { $0.name.utf8.elementsEqual(Labels.metricName.utf8) }
        guard !conditions.isEmpty else { return nil }
        func passes(_ name: String) -> Bool { conditions.allSatisfy { $0.matches(name) } }
        let name = selector.metricName
        if let name, metrics.contains(name) || ownMetrics.contains(name) { return nil }
        guard name != nil || !metrics.contains(where: passes) && !ownMetrics.contains(where: passes) else { return nil }
        // Sorted, so that of names equally near it is always the same.
        let meant = name.flatMap { nearest($0, in: metrics.union(ownMetrics).sorted()) }
        return subject.finding(
            .warning,
            "rules/unknown-metric",
            name.map { "no target has ever shown the metric '\($0)', and no rule records it" }
                ?? "no metric that a target has ever shown has such a name",
            at: expression.text.range(of: selector.range),
            help: meant.map { "did you mean '\($0)'?" } ?? "is the target that shows it among those that are read?"
        )
    }
}
