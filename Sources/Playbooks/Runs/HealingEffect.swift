public import JSON
public import Metrics

/// What the run machine wants done, in the order in which it must happen.
public enum HealingEffect: Sendable {
    /// Keep this. Records become durable in the order in which they are given; a synced one at once, and `recorded` or
    /// `recordFailed` tells.
    case record(RecordID, HealingRecord, Durability)
    /// Do this. Its intent is durable already.
    case perform(ActionRequest)
    /// Stop doing it; `finished` is still expected.
    case cancel(ActionKey)
    case ask(QuestionID, Question)
    case releaseLease(FleetLease, run: String)
    case notify(HealingNotice)
    /// Keep the alert's own notifications back; until then at the latest, whatever happens.
    case hold(alert: Labels, until: Moment)
    /// The alert's own notifications go their way again.
    case release(alert: Labels)
    /// Before this is done, see to it that it is undone by itself; answered by `rollbackArmed`.
    case armRollback(ActionRequest, within: Milliseconds)
    case disarmRollback(run: String, step: Int)
    case reply(CommandID, CommandReply)
    case log(HealingLog)
}

public enum Durability: String, Sendable, Hashable {
    /// On the disk before anything else is done for its sake.
    case synced
    /// With the next lot.
    case grouped
}

/// One deed, ready to be done.
public struct ActionRequest: Sendable, Hashable {
    public let key: ActionKey
    public let playbook: String
    public let action: String
    public let arguments: ActionArguments
    public let timeout: Milliseconds
    public let subject: Labels
    public let alert: FiringAlert
    public let variables: [Label]

    public init(
        key: ActionKey,
        playbook: String,
        action: String,
        arguments: ActionArguments,
        timeout: Milliseconds,
        subject: Labels,
        alert: FiringAlert,
        variables: [Label] = []
    ) {
        self.key = key
        self.playbook = playbook
        self.action = action
        self.arguments = arguments
        self.timeout = timeout
        self.subject = subject
        self.alert = alert
        self.variables = variables
    }
}

/// What came of a deed.
public struct ActionOutcome: Sendable, Hashable {
    public enum Result: Sendable, Hashable {
        case succeeded
        case failed(String)
        case timedOut
        case cancelled
        /// It may have been done or not, or half.
        case unknown
        /// It was never begun. The machine alone says so.
        case notDone(String)
    }

    public var result: Result
    /// States before and after, as the action saw them.
    public var before: JSONValue?
    public var after: JSONValue?
    /// What it printed, bounded.
    public var output: String
    /// What is needed to take it back.
    public var undo: JSONValue?
    /// Paths of what was kept as evidence.
    public var evidence: [String]
    /// One sentence for people.
    public var message: String

    public init(
        _ result: Result,
        message: String = "",
        output: String = "",
        before: JSONValue? = nil,
        after: JSONValue? = nil,
        undo: JSONValue? = nil,
        evidence: [String] = []
    ) {
        self.result = result
        self.message = message
        self.output = output
        self.before = before
        self.after = after
        self.undo = undo
        self.evidence = evidence
    }
}

/// Something that somebody ought to hear of.
public struct HealingNotice: Sendable, Hashable {
    public enum Occasion: String, Sendable, Hashable, CaseIterable {
        case unhealed, inconclusive, blocked, recurrence, healed, refused, expired, interrupted, cancelled
        case approvalWanted = "approval_wanted"
        case breakerOpened = "breaker_opened"
        case storm
        case stormOver = "storm_over"
        /// Each heal worked, and there are too many of them.
        case chronic
        case rollbackFired = "rollback_fired"
        case historyFailing = "history_failing"
    }

    public let occasion: Occasion
    public let run: String?
    public let playbook: String?
    public let subject: Labels
    /// The alerts it is about; their labels decide the route where `receiver` is nil.
    public let alerts: [Labels]
    public let receiver: String?
    /// One sentence for people.
    public let summary: String
    /// The steps, the verdicts, the numbers: what a page shows below the sentence.
    public let facts: JSONObject
    public let evidence: [String]
    public let at: Timestamp
}

/// A line for the log: the message is constant, its values are fields.
public struct HealingLog: Sendable {
    public enum Level: Sendable {
        case info
        case warning
        case error
    }

    public let level: Level
    public let message: String
    public let fields: [(name: String, value: String)]
}
