import Metrics

/// The run machine: decides who is treated, when, and with what, and whether it helped.
///
/// Pure. Events and the time go in, effects come out in the order in which they must happen. What has to outlive a restart is changed
/// by records alone, so that a machine made from the same records knows the same.
public struct Healer: Sendable {
    var settings: HealingSettings
    /// In the order of their files.
    var playbooks: [PreparedPlaybook]
    private(set) var memory = HealingMemory()

    /// Alerts that fire.
    var alerts: [Labels: FiringState] = [:]
    /// Runs that are considered and not yet recorded.
    var considered: [String: Run] = [:]
    var live: [String: LiveRun] = [:]
    var holds: [Labels: Hold] = [:]
    /// What was wrong with the observer itself when it was last asked.
    var observerProblems: [String] = []
    var isHistoryFailing = false
    var isCaughtUp = false
    var probeAt: Milliseconds?
    /// The newest record that could not be written; only a newer one shows that it can be done again.
    var failedRecord: Int64 = 0
    /// Answers to operators that wait for a record, oldest first.
    var replies: [(record: RecordID, command: CommandID, reply: CommandReply)] = []

    var now: Moment
    var effects: [HealingEffect] = []
    var random: HealingRandom
    private var nextNumber: Int64 = 1
    private var lastRun: Int64 = 0

    /// More alerts than one host has; beyond them further ones are told and not treated.
    static let alertsMax = 10_000

    /// A machine that knows what the records say, which are in the order in which they were given.
    ///
    /// - Parameters:
    ///   - seed: of the chance in delays between attempts.
    ///   - at: the present; what was recorded during another boot ages on from here.
    public init(
        restoring records: some Sequence<HealingRecord> = [],
        playbooks: [PreparedPlaybook],
        settings: HealingSettings = HealingSettings(),
        seed: UInt64,
        at now: Moment
    ) {
        self.settings = settings
        self.playbooks = playbooks
        self.now = now
        random = HealingRandom(seed: seed)
        for record in records { memory.apply(record) }
        memory.rebase(at: now)
        memory.prune(at: now, storm: settings.storm)
        lastRun = memory.newestRun
    }

    /// Takes new playbooks and settings. Runs that are open go on as they were planned.
    public mutating func adopt(playbooks: [PreparedPlaybook], settings: HealingSettings) {
        self.playbooks = playbooks
        self.settings = settings
    }

    /// Whether an alert fires that the playbook is for, by the alerts known to the machine.
    public func isWanted(_ playbook: String) -> Bool {
        guard let triggers = prepared(playbook)?.triggers else { return false }
        return alerts.keys.contains { labels in triggers.contains { $0.matches(labels) } }
    }

    /// The fewest records from which this machine can be made again; they may replace all former ones.
    public var checkpoint: [HealingRecord] { memory.checkpoint }

    /// Hears one event. Time never goes back: a reading before the last counts as the last.
    public mutating func handle(_ event: HealingEvent, at moment: Moment) -> [HealingEffect] {
        now = Moment(
            wall: moment.wall,
            monotonic: Swift.max(moment.monotonic, now.monotonic),
            boot: moment.boot
        )
        effects.removeAll(keepingCapacity: true)
        memory.prune(at: now, storm: settings.storm)
        hear(event)
        runTimers()
        return effects
    }

    private mutating func hear(_ event: HealingEvent) {
        switch event {
        case .started: resumeAll()
        case .caughtUp: catchUp()
        case .firing(let alert): alertFires(alert)
        case .resolved(let labels): alertResolved(labels)
        case .answered(let question, let answer): answered(question, answer)
        case .recorded(let record): recorded(record)
        case .recordFailed(let record, let reason): recordFailed(record, reason)
        case .finished(let key, let outcome): deedFinished(key, outcome)
        case .rollbackArmed(let key, let failure): rollbackArmed(key, failure)
        case .rollbackFired(let run, let step): rollbackFired(run, step)
        case .leaseLost(let run): leaseLost(run)
        case .command(let id, let command): obey(id, command)
        case .wake: break
        }
    }

    // MARK: What all parts use

    /// The one way in which memory changes.
    @discardableResult
    mutating func commit(_ record: HealingRecord, _ durability: Durability = .grouped) -> RecordID {
        memory.apply(record)
        let id = RecordID(number: takeNumber())
        effects.append(.record(id, record, durability))
        return id
    }

    mutating func ask(_ question: Question) -> QuestionID {
        let id = QuestionID(number: takeNumber())
        effects.append(.ask(id, question))
        return id
    }

    private mutating func takeNumber() -> Int64 {
        defer { nextNumber += 1 }
        return nextNumber
    }

    mutating func takeRunID() -> String {
        lastRun += 1
        return String(lastRun)
    }

    /// An open run, or one whose aftercare is not over.
    func run(_ id: String) -> Run? { considered[id] ?? memory.runs[id] }

    /// Changes a run's progress, recorded where the run is.
    mutating func update(_ id: String, _ durability: Durability = .grouped, _ change: (inout RunProgress) -> Void) {
        if considered[id] != nil {
            if var progress = considered[id]?.progress {
                change(&progress)
                considered[id]?.progress = progress
            }
        } else if var progress = memory.runs[id]?.progress {
            change(&progress)
            commit(.progress(run: id, progress), durability)
        }
    }

    mutating func await(_ id: String, _ awaiting: LiveRun.Awaiting, for patience: Milliseconds?) {
        live[id]?.awaiting = awaiting
        live[id]?.deadline = patience.map { now.monotonic + $0 }
    }

    /// Whether the run waits for exactly this.
    func awaits(_ id: String, _ awaiting: LiveRun.Awaiting) -> Bool { live[id]?.awaiting == awaiting }

    var isStopped: Bool { memory.killSwitch.map { !$0.isOver(at: now) } ?? false }

    mutating func log(_ level: HealingLog.Level, _ message: String, _ fields: [(name: String, value: String)] = []) {
        effects.append(.log(HealingLog(level: level, message: message, fields: fields)))
    }

    func prepared(_ name: String) -> PreparedPlaybook? {
        playbooks.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}

/// An alert that fires, as the machine follows it.
struct FiringState: Sendable {
    var alert: FiringAlert
    /// When this machine first heard of it.
    let since: Moment
    /// When it is considered again, on the monotonic clock.
    var retryAt: Milliseconds?
    /// By playbook, which guards' refusals have been told.
    var told: [String: Set<GuardName>] = [:]
    /// It counted towards the storm brake.
    var isCounted = false
}

/// Notifications that are kept back.
struct Hold: Sendable {
    let until: Milliseconds
}
