public import Metrics
public import PromQL
public import Storage

/// What the web needs to know of the agent, and what it may ask it to do.
///
/// Everything here is called from any thread and must not block one; what takes long is awaited.
public protocol AgentDesk: Sendable {
    /// The samples, and the engine that answers questions about them.
    var store: SampleStore { get }
    var engine: Engine { get }
    /// Labels that tell this agent's series from another's, as `/federate` adds them.
    var externalLabels: Labels { get }
    /// Whether the agent has started and can do its work.
    var isReady: Bool { get }
    var build: BuildReport { get }

    func targets() async -> TargetsReport
    /// What targets say of their metrics, target by target.
    func metadata() async -> [TargetMetadata]
    /// All groups in the order of their files, with the alerts of their rules.
    func ruleGroups() async -> [RuleGroupReport]
    func alertmanagers() async -> AlertmanagersReport
    /// The running configuration as YAML, secrets hidden.
    func configuration() async -> String
    /// The settings of the command line, in the order to show them.
    func flags() async -> [(name: String, value: String)]
    func runtime() async -> RuntimeReport
    func health() async -> HealthReport

    /// Loads the configuration again. Nil when it is in use; otherwise what is wrong with it.
    func reload() async -> String?
    /// Ends the agent in good order, soon after the answer is out.
    func quit() async
    /// Keeps a record of a command. Called for refused ones as well.
    func audit(_ entry: AuditEntry)
}
