public import Metrics

/// What the machine must find again after a restart, and what people read later. Plain values; each replaces the former one of the same
/// thing, so that the last of each kind is all that has to be kept.
public enum HealingRecord: Sendable, Hashable {
    /// A run came into being, whole. One that was blocked is ended already.
    case opened(Run)
    case progress(run: String, RunProgress)
    /// A run begins its first step: it counts towards the limits from here on.
    case started(StartMark)
    /// A step is about to be done.
    case intent(run: String, StepRecord)
    /// What came of it; or that it was skipped.
    case outcome(run: String, StepRecord)
    /// One look at the patient. For people; nothing is rebuilt from it.
    case measured(run: String, Measurement, at: Moment)
    case course(Course)
    case attempt(AttemptMark)
    /// What systemd calls a unit that has been named by another name.
    case identity(UnitIdentity)
    /// nil: the storm is over.
    case storm(Storm?)
    /// nil: healing goes on.
    case killSwitch(KillSwitch?)
    /// The alert of a webhook has had its run. Runs say so themselves; this stands in a checkpoint for runs that are forgotten.
    case webhook(Labels, startsAt: Timestamp)
    case act(OperatorAct)
}

/// A run that began, as limits count it.
public struct StartMark: Sendable, Hashable {
    public let run: String
    public let playbook: String
    public let subject: Labels
    public internal(set) var at: Moment
}

/// Somebody fell ill and a playbook was considered, as the storm brake counts it.
public struct AttemptMark: Sendable, Hashable {
    public let subject: Labels
    public let job: String?
    public internal(set) var at: Moment
}

/// Too many are ill at once.
public struct Storm: Sendable, Hashable {
    public let since: Moment
    public let reason: String
}

/// Healing is stopped.
public struct KillSwitch: Sendable, Hashable {
    public let by: String
    public let reason: String
    public let at: Moment
    /// nil: until somebody resumes it.
    public let duration: Milliseconds?

    public init(by: String, reason: String, at: Moment, duration: Milliseconds?) {
        self.by = by
        self.reason = reason
        self.at = at
        self.duration = duration
    }
}

/// What an operator did, and why.
public struct OperatorAct: Sendable, Hashable {
    public let by: String
    public let what: String
    public let reason: String
    public let at: Moment
}

/// What a playbook has achieved with one subject: the memory of cooldown, breaker, recurrence and chronic illness.
public struct Course: Sendable, Hashable {
    public let playbook: String
    public let subject: Labels
    public var lastRun: String?
    /// When the last run that did something ended.
    public var lastEnd: Moment?
    public var lastEnding: RunEnding?
    /// The alert that the last run treated.
    public var lastAlert: Labels?
    public var lastStartsAt: Timestamp?
    /// Runs in a row that did not heal, or whose heal did not last.
    public var failures = 0
    public var breaker = BreakerState.closed
    /// How often the breaker has opened since it was last closed.
    public var openings = 0
    /// The patient was healed then, and is watched for so long as the breaker's `min_healthy` says.
    public var watchedSince: Moment?
    /// The terms of the last run's plan, for what happens after its end.
    public var terms = GuardTerms().breaker
    public var tellsRecurrence = true
    public var receiver: String?
    /// The heals of the last week, oldest first, at most `healsKept`.
    public var heals: [Moment] = []
    /// A human was told then that there are too many of them.
    public var chronicToldAt: Moment?

    /// More heals in a week than any budget that makes sense.
    static let healsKept = 200

    init(playbook: String, subject: Labels) {
        self.playbook = playbook
        self.subject = subject
    }
}

/// Whether a breaker lets runs through.
public enum BreakerState: Sendable, Hashable {
    case closed
    /// After its time one run is let through, on trial.
    case open(since: Moment, for: Milliseconds)
    /// The run is on trial: until its heal has proven itself nobody else goes through.
    case halfOpen(run: String)
    /// Until an operator closes it.
    case openByHand(by: String, reason: String, at: Moment)

    /// A playbook that stopped healing asks first until it has healed again or somebody closes its breaker: its trial too.
    public static let openCeiling = Playbook.Mode.approve
}
