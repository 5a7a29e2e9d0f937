public import Metrics

/// What the run machine hears.
public enum HealingEvent: Sendable {
    /// First of all, once, after the machine was made: it takes up what a restart interrupted.
    case started
    /// Every alert that fires has been told since the start: one that an open run waits for and that was not told is over.
    case caughtUp
    /// An alert fires. May be said again and again, with newer annotations, value, or word on flapping.
    case firing(FiringAlert)
    /// An alert is over.
    case resolved(Labels)
    case answered(QuestionID, Answer)
    /// The record, and every record before it, is durable.
    case recorded(RecordID)
    /// The record could not be made durable.
    case recordFailed(RecordID, reason: String)
    case finished(ActionKey, ActionOutcome)
    /// The rollback is armed, or why it could not be.
    case rollbackArmed(ActionKey, failure: String?)
    /// A rollback fired by itself.
    case rollbackFired(run: String, step: Int)
    /// The fleet's store says that the run's place is another's.
    case leaseLost(run: String)
    case command(CommandID, HealingCommand)
    /// `nextWake` has come.
    case wake
}

/// Tells questions apart; an answer to one that is no longer open is ignored.
public struct QuestionID: Sendable, Hashable {
    public let number: Int64
}

/// Tells records apart.
public struct RecordID: Sendable, Hashable {
    public let number: Int64
}

/// The caller's own number for a command, which comes back with the reply.
public struct CommandID: Sendable, Hashable {
    public let number: Int64

    public init(number: Int64) {
        self.number = number
    }
}

/// Which deed an outcome belongs to.
public struct ActionKey: Sendable, Hashable {
    public let run: String
    /// An index into the plan's steps.
    public let step: Int
    public let attempt: Int

    public init(run: String, step: Int, attempt: Int) {
        self.run = run
        self.step = step
        self.attempt = attempt
    }
}

/// What an operator asks for.
public struct HealingCommand: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Starts the playbook for a subject. The operator's word stands for the guards that ask whether now is a good moment; those that
        /// keep others from harm still hold: kill switch, the host's ceiling, protection, locks, the fleet's budget.
        case start(playbook: String, labels: Labels, variables: [Label] = [])
        /// Says what would happen, and what the guards say. Nothing is recorded or done.
        case dryRun(playbook: String, labels: Labels, variables: [Label] = [])
        case cancel(run: String)
        /// `digest` nil: whatever the run waits with.
        case approve(run: String, digest: String?, way: String)
        case refuse(run: String, way: String)
        /// `for` nil: until somebody resumes it.
        case stopHealing(for: Milliseconds?)
        case resumeHealing
        case openBreaker(playbook: String, subject: Labels)
        case closeBreaker(playbook: String, subject: Labels)
        /// Forgets cooldown, breaker and heals of a playbook, for one subject or for all.
        case reset(playbook: String, subject: Labels?)
    }

    public let kind: Kind
    public let by: String
    public let reason: String

    public init(_ kind: Kind, by: String, reason: String = "") {
        self.kind = kind
        self.by = by
        self.reason = reason
    }
}

/// What came of a command.
public enum CommandReply: Sendable {
    case done(String)
    case opened(run: String)
    case wouldRun(RunSnapshot)
    case rejected(String)
}
