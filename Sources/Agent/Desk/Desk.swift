import Configuration
import Diagnostics
import EventLoop
import Glibc
import History
import Metrics
import PromQL
import Rules
import Scraping
import Storage
import Web
import YAML

/// What the web asks of the agent.
struct Desk: AgentDesk {
    // The agent holds the server that holds the desk; both end with the process.
    let agent: Agent

    init(_ agent: Agent) {
        self.agent = agent
    }

    var store: SampleStore { agent.samples.store }
    var engine: Engine { agent.engine }
    var externalLabels: Labels { agent.state.current.loaded.configuration.global.externalLabels }
    var isReady: Bool { agent.state.current.isReady }
    var build: BuildReport { BuildReport(version: agent.ground.options.version) }

    func ruleGroups() async -> [RuleGroupReport] {
        await agent.ground.core.perform { agent.rules.groups.map(\.report) }
    }

    func targets() async -> TargetsReport { agent.perception.scraping.targets.report }

    func metadata() async -> [TargetMetadata] {
        await agent.perception.scraping.metadata().map { TargetMetadata(target: $0.target, families: $0.families) }
    }

    func alertmanagers() async -> AlertmanagersReport {
        await agent.ground.core.perform {
            let forwarder = agent.notifying.forwarder
            return AlertmanagersReport(active: forwarder.active, dropped: forwarder.dropped)
        }
    }

    func configuration() async -> String {
        ShownConfiguration.text(agent.state.current.loaded.layers, references: ConfigurationLoader.lookUp)
    }

    func flags() async -> [(name: String, value: String)] {
        let options = agent.ground.options
        return [
            ("config.file", options.configurationPath ?? ""),
            ("storage.path", options.dataFolder ?? ""),
            ("web.listen", options.listen.joined(separator: ",")),
        ]
    }

    func runtime() async -> RuntimeReport {
        let state = agent.state.current
        return RuntimeReport(
            startedAt: agent.ground.startedAt,
            workingFolder: agent.ground.options.dataFolder ?? "",
            lastReloadSucceeded: state.lastReloadSucceeded,
            lastReloadAt: state.lastReloadAt,
            threads: 0,
            processors: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            corruptions: 0,
            retention: state.loaded.configuration.storage.retention
        )
    }

    func health() async -> HealthReport { await HealthChecks(agent: agent).report() }

    func reload() async -> String? { await agent.reload() }

    func quit() async { agent.end() }

    func audit(_ entry: AuditEntry) {
        let record = HistoryRecord(
            at: agent.ground.now,
            kind: .act,
            name: "\(entry.method) \(entry.path)",
            text: "\(entry.principal.name) from \(entry.peer): \(entry.method) \(entry.path) answered \(entry.status)"
        )
        agent.ground.history.writer.submit([.record(record)], durability: .grouped)
    }
}

extension LiveGroup {
    /// The group as the API tells it.
    var report: RuleGroupReport {
        RuleGroupReport(
            name: group.name.value,
            file: file.source.name ?? "",
            interval: evaluator.interval,
            evaluatesOnChange: group.evaluatesOnChange,
            limit: group.limit,
            rules: group.rules.indices.map { report(ofRule: $0) },
            lastEvaluation: lastEvaluation,
            lastDuration: lastDuration
        )
    }

    private func report(ofRule place: Int) -> RuleReport {
        let rule = group.rules[place]
        let state = rules[place]
        let labels =
            group.labels.filter { outer in !rule.labels.contains { $0.name.value == outer.name.value } } + rule.labels
        return RuleReport(
            name: rule.name.value,
            kind: kind(of: rule, at: place),
            query: rule.expression.tree.description,
            labels: Labels(labels.map { Label($0.name.value, $0.text.text) }),
            health: state.lastEvaluation == nil ? .unknown : state.problem == nil ? .ok : .failing,
            lastError: state.problem?.description ?? "",
            lastEvaluation: state.lastEvaluation,
            lastDuration: state.duration
        )
    }

    private func kind(of rule: Rule, at place: Int) -> RuleReport.Kind {
        guard case .alerting(let alerting) = rule.kind else { return .recording }
        return .alerting(
            hold: alerting.hold?.value ?? .zero,
            keepFiring: alerting.keepFiring,
            annotations: alerting.annotations.map { Label($0.name.value, $0.text.text) },
            alerts: evaluator.alerts(ofRule: place)
        )
    }
}
