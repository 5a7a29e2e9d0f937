public import Configuration
public import EventLoop
public import HTTPClient
public import Logging
public import Metrics
public import Playbooks
import Processes
public import Systemd

/// What deeds are done with: the ways to the world, and the agent's answers to what only it knows.
public struct ActionTools: Sendable {
    /// The points of a series, for drawings and tables.
    public struct SeriesPoints: Sendable {
        public let labels: Labels
        public let points: [(time: Timestamp, value: Double)]

        public init(labels: Labels, points: [(time: Timestamp, value: Double)]) {
            self.labels = labels
            self.points = points
        }
    }

    /// What the host permits at the moment: a reload that takes a permission away counts at once.
    public var currentPermits: @Sendable () -> Permits
    /// medic's data folder: versions, quarantine, evidence and armed rollbacks live below it.
    public var folder: String
    public var loop: EventLoop
    public var log: Logger
    /// systemd; nil on a host without it.
    public var manager: ServiceManager?
    public var http: HTTPClient?
    /// How units were just before their jobs.
    public let foresight = Foresight()
    public var versions: ConfigVersions
    /// Texts that must never be printed or kept: passwords and tokens of the configuration in use.
    public var currentSecrets: @Sendable () -> [String] = { [] }
    /// Whether processes of the unit are left alone.
    public var isProtected: @Sendable (_ unit: String) -> Bool = { _ in false }
    /// How systemd carries out an armed rollback: medic's own program with its word for that; the file's path is added.
    public var undoCommand = [ProcessFacts(ProcessFacts.own)?.program ?? "/usr/bin/medic", "undo"]

    // Nobody answers, until the agent says otherwise.

    /// Whether an expression returns something now, or why that cannot be told.
    public var evaluate: @Sendable (_ expression: String) async -> Result<Bool, ToolFailure> = { _ in
        .failure(ToolFailure("there are no samples to ask"))
    }
    /// What an expression returned in the time behind, for evidence.
    public var series: @Sendable (_ expression: String, _ since: Milliseconds) async -> [SeriesPoints] = { _, _ in [] }
    /// Tells a receiver something.
    public var notify:
        @Sendable (_ receiver: String, _ message: String, ActionRequest) async -> Result<Void, ToolFailure> = {
            _,
            _,
            _ in .failure(ToolFailure("this agent has no receivers"))
        }
    /// Silences alerts; answers with the silence's id.
    public var silence:
        @Sendable (_ matchers: [String], Milliseconds, _ comment: String, ActionRequest) async -> Result<
            String, ToolFailure
        > = { _, _, _, _ in .failure(ToolFailure("this agent has no silences")) }
    public var endSilence: @Sendable (_ id: String) async -> Result<Void, ToolFailure> = { _ in
        .failure(ToolFailure("this agent has no silences"))
    }

    public init(
        permits: @escaping @Sendable () -> Permits,
        folder: String,
        loop: EventLoop,
        log: Logger,
        versions: ConfigVersions
    ) {
        currentPermits = permits
        self.folder = folder
        self.loop = loop
        self.log = log
        self.versions = versions
    }

    var permits: Permits { currentPermits() }
    var scrubber: Scrubber { Scrubber(secrets: currentSecrets()) }
}

/// Why a tool did not do its part, in a sentence.
public struct ToolFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
