import EventLoop
public import Logging
public import Metrics
public import Playbooks
public import Systemd

/// What deeds are done with: the ways into the world that the agent has opened, and its word on what is permitted.
public struct ActionTools: Sendable {
    /// systemd; nil on a host without it.
    public var manager: ServiceManager?
    /// Whether an expression returns something now, or why that cannot be told.
    public var evaluate: @Sendable (String) async -> Result<Bool, ToolFailure>
    /// Why permissions are refused, one sentence each; empty: all are granted.
    public var refusals: @Sendable ([Permission]) -> [String]
    /// Tells a receiver something.
    public var notify:
        @Sendable (_ receiver: String, _ message: String, ActionRequest) async -> Result<Void, ToolFailure>
    /// Silences alerts; answers with the silence's id.
    public var silence:
        @Sendable (_ matchers: [String], Milliseconds, _ comment: String, ActionRequest) async -> Result<
            String, ToolFailure
        >
    /// Where deeds keep evidence, quarantined entries and former versions; nil: nowhere.
    public var dataFolder: String?
    public var log: Logger

    public init(manager: ServiceManager?, dataFolder: String?, log: Logger) {
        self.manager = manager
        self.dataFolder = dataFolder
        self.log = log
        evaluate = { _ in .failure(ToolFailure("there are no samples to ask")) }
        refusals = { _ in ["the configuration permits no action: see actions.permit"] }
        notify = { _, _, _ in .failure(ToolFailure("this agent has no receivers")) }
        silence = { _, _, _, _ in .failure(ToolFailure("this agent has no silences")) }
    }
}

/// Why a tool did not do its part, in a sentence.
public struct ToolFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
