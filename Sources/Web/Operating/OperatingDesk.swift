public import HTTPServer
public import History
import JSON
public import Metrics
public import Playbooks

/// What an operator's requests need of the agent, beyond what Prometheus's API needs.
///
/// Everything here is called from any thread and must not block one; what takes long is awaited.
public protocol OperatingDesk: AgentDesk {
    /// Answers a question about what happened, all of it from one state of the record.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (HistoryReader) throws(HistoryError) -> Value
    ) async -> Result<Value, HistoryError>
    /// The runs that are open or have something left to do, as the machine knows them, oldest first.
    func openRuns() async -> [RunSnapshot]
    func healing() async -> HealingReport
    /// What the steps of a run have kept, each with its beginning where that is text: `each` bytes of a file at most and `whole` in all.
    func evidence(of run: String, each: Int, whole: Int) async -> [EvidenceFile]
    /// One of these files, `limit` bytes of it at most; nil where there is none.
    func evidence(of run: String, step: Int, name: String, limit: Int) async -> EvidenceFile?
    /// The playbooks in force, in the order in which they are tried.
    func playbooks() async -> [PlaybookReport]
    /// Has an operator's command carried out.
    func command(_ command: HealingCommand) async -> CommandReply
    /// The units that systemd knows, with what only it can tell of them; nil where it cannot be asked.
    func units() async -> [UnitLine]?
    /// Everything about one unit; nil where there is none, or nobody who could tell.
    func unit(_ name: String) async -> UnitReport?
    /// The newest lines of a unit in the journal, in the order of time; empty where it cannot be read.
    func journal(of unit: String, lines: Int) async -> [JournalLine]
    /// Who would be told of alerts with these labels, and what keeps them from being told; nil for those of which nobody is told.
    func tellings(of alerts: [Labels]) async -> [TellingReport?]
    /// A stream of what happens from now on, or from behind the event of that id where it is still known; of these kinds only,
    /// unless there are none. Nil when too many listen already.
    func events(after id: String?, kinds: Set<String>) async -> EventChannel?
}

/// A file that a step has kept for people.
public struct EvidenceFile: Sendable {
    public var step: Int
    public var name: String
    public var bytes: Int
    /// Its beginning without secrets; nil where it is no text, or enough has been shown.
    public var text: String?
    /// Whether the file goes on behind `text`.
    public var isCut: Bool

    public init(step: Int, name: String, bytes: Int, text: String?, isCut: Bool) {
        self.step = step
        self.name = name
        self.bytes = bytes
        self.text = text
        self.isCut = isCut
    }

    var tree: JSONValue {
        .tree { tree in
            tree.add("step", number: step)
            tree.add("name", text: name)
            tree.add("bytes", number: bytes)
            tree.add("text", text: text)
            if isCut { tree.add("isCut", flag: true) }
        }
    }
}

extension OperatingDesk {
    func telling(of labels: Labels) async -> TellingReport? { await tellings(of: [labels]).first ?? nil }
}

/// How healing stands as a whole.
public struct HealingReport: Sendable {
    public var settings: HealingSettings
    public var killSwitch: KillSwitch?
    public var storm: Storm?
    /// What is remembered of each playbook with each subject.
    public var courses: [Course]
    public var now: Moment

    public init(
        settings: HealingSettings,
        killSwitch: KillSwitch?,
        storm: Storm?,
        courses: [Course],
        now: Moment
    ) {
        self.settings = settings
        self.killSwitch = killSwitch
        self.storm = storm
        self.courses = courses
        self.now = now
    }
}

/// A playbook in force.
public struct PlaybookReport: Sendable {
    public var playbook: Playbook
    /// Why it could not do what it says, as far as that can be told without an alert.
    public var missingPermits: [String]

    public init(playbook: Playbook, missingPermits: [String]) {
        self.playbook = playbook
        self.missingPermits = missingPermits
    }
}
