import Configuration
import Diagnostics
import Metrics
import Playbooks
import PromQL
import Rules
import YAML

extension MetricDemand {
    /// What medic's page draws of a host, whatever rules say, and what relates series to each other.
    private static let ofPage = [
        "up", "node_cpu_seconds_total", "node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", "node_load1",
        "node_uname_info", "node_filesystem_avail_bytes", "node_filesystem_size_bytes", "node_systemd_unit_state",
        "target_info",
    ]

    /// What the files of a configuration refer to.
    init(_ rules: [RuleFile], _ playbooks: [PlaybookFile], _ layers: [SourceText]) {
        self.init()
        for name in Self.ofPage { add(name) }
        let sources = rules.map(\.source) + playbooks.map(\.source) + layers
        for source in sources { add(wordsOf: source.text) }
        for group in rules.flatMap(\.groups) {
            for tree in group.rules.flatMap(\.trees) {
                for use in tree.selectorUses {
                    if let name = use.selector.metricName { add(name) } else { add(use.selector.matchers) }
                }
            }
        }
    }
}

extension Rule {
    /// All expressions of the rule.
    fileprivate var trees: [Expression] {
        guard case .alerting(let alerting) = kind, let clearWhen = alerting.clearWhen else { return [expression.tree] }
        return [expression.tree, clearWhen.tree]
    }
}
