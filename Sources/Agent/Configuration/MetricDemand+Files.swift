import Actions
public import Configuration
import Diagnostics
import Metrics
import Playbooks
import PromQL
import Rules
import Templates

extension MetricDemand {
    /// What medic's own page and commands read of a host, whatever rules say, and what relates series to each other.
    private static let ofPage = [
        "up", "node_cpu_seconds_total", "node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", "node_load1",
        "node_uname_info", "node_filesystem_avail_bytes", "node_filesystem_size_bytes", "node_systemd_unit_state",
        "node_systemd_unit_start_time_seconds", "node_systemd_service_restart_total",
        "node_systemd_unit_tasks_current", "systemd_unit_memory_current_bytes", "target_info",
    ]

    /// What the files of a configuration read. Beside the selectors of expressions every word of every file counts: what is put together in
    /// a template, or stands in a comment, is kept rather than missed.
    init(_ rules: [RuleFile], _ playbooks: [PlaybookFile], _ others: [SourceText]) {
        self.init()
        let sources = rules.map(\.source) + playbooks.map(\.source) + others
        for source in sources { add(wordsOf: source.text) }
        for name in Self.ofPage { add(wordsOf: name) }
        for rule in rules.flatMap(\.groups).flatMap(\.rules) {
            for expression in rule.expressions { add(expression.tree.selectorUses) }
            for query in rule.queriesOfTexts {
                if let tree = try? parse(query) { add(tree.selectorUses) }
            }
        }
        for playbook in playbooks.flatMap(\.playbooks) { add(playbook.selectorUses(.medic)) }
    }

    private mutating func add(_ uses: [SelectorUse]) {
        for use in uses { add(use.selector.matchers) }
    }

    /// What is kept and what that costs, for whoever checks a configuration.
    public func account(remoteWrites: Int) -> String {
        let open = patternCount == 0 ? "" : ", whatever matches the \(patternCount) of their selectors that name none"
        let sent = remoteWrites == 0 ? "" : " Remote writing sends no more than that."
        return """
            Kept of what is scraped: the \(nameCount) metrics that rules and playbooks read\(open), those that their texts and \
            this configuration mention, medic's own and those of its page; each target's up and scrape_* as well. The rest is \
            neither stored nor found by queries, dashboards, federation and backtests, and a rule that begins to read a metric \
            has none of its past.\(sent)
            """
    }
}
