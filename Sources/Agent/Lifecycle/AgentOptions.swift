/// What the command line says of an agent.
public struct AgentOptions: Sendable {
    /// `medic.yml`; nil: the defaults hold.
    public var configurationPath: String?
    /// Addresses to listen on in place of the configured ones.
    public var listen: [String] = []
    /// Where samples and history are kept; nil: nothing outlives the process.
    public var dataFolder: String?
    /// The unix socket in place of the configured one; an empty text for none.
    public var socketPath: String?
    /// The unix socket where neither the configuration nor `socketPath` names one and the service's own cannot be opened.
    public var ownSocketPath: String?
    /// Whether playbooks may only say what they would do, whatever the configuration says.
    public var observesOnly = false
    /// Rule files and playbooks for an agent without a configuration.
    public var standardRules: [String] = []
    public var standardPlaybooks: [String] = []
    /// Whether what medic does not support of a configuration is passed over, with a warning.
    public var isLenient = false
    public var version = ""
    /// Whether somebody is told in other words that the agent is at work: until then, only what is wrong is logged.
    public var announces = false

    public init() {}
}
