public import Metrics

/// What the machine cannot know by itself. Each is answered once, by an event; an answer that never comes counts as none.
public enum Question: Sendable, Hashable {
    /// Everything that guards need to know about the world.
    case survey(SurveyRequest)
    /// Whether the expression returns something.
    case expression(run: String, String)
    /// Whether the patient is well; about data no older than `since`, where the answer can be told by data.
    case health(run: String, HealthRequest)
    /// A place in the fleet's budget; `renewing` where the run has one.
    case lease(run: String, LeaseRequest)
}

public struct SurveyRequest: Sendable, Hashable {
    public let run: String
    public let alert: FiringAlert
    public let subject: Labels
    public let units: [String]
    /// Units that locks and the subject speak of and that are not treated: nothing of them matters but what systemd calls them.
    public let mentioned: [String]
    /// Expressions; for each the answer says whether it returned something.
    public let require: [String]
    /// Time intervals whose names the answer repeats where they are active.
    public let intervals: [String]
}

public struct HealthRequest: Sendable, Hashable {
    public let subject: Labels
    public let alert: FiringAlert
    /// Must return something; nil: the alert's own expression must return nothing for the subject.
    public let expression: String?
    public let since: Timestamp
}

public struct LeaseRequest: Sendable, Hashable {
    public let terms: Guards.Fleet
    public let subject: Labels
    public let duration: Milliseconds
    public let renewing: FleetLease?
}

/// What the world said.
public enum Answer: Sendable {
    case survey(Survey)
    case expression(ExpressionAnswer)
    case health(Measurement)
    case lease(LeaseAnswer)
}

/// What an expression said of the present.
public enum ExpressionAnswer: Sendable, Hashable {
    case returned(Bool)
    case failed(String)
}

public enum LeaseAnswer: Sendable, Hashable {
    case granted(FleetLease)
    case refused(String, retryAfter: Milliseconds)
    case unreachable(String)
}

/// What guards know about the world.
public struct Survey: Sendable, Hashable {
    public var evidence: SurveyedEvidence?
    public var units: [UnitFacts] = []
    /// What systemd calls the units that are only spoken of.
    public var identities: [UnitIdentity] = []
    /// In the order in which they were asked for.
    public var require: [ExpressionAnswer] = []
    public var activeIntervals: [String] = []
    /// How long the host has been up.
    public var hostUptime = Milliseconds.hours(1)
    /// How many subjects the alert's job has; nil: nobody knows.
    public var jobSize: Int?
    /// What is wrong with the observer itself: scrapes that fail, names that do not resolve, a clock that jumps.
    public var observerProblems: [String] = []

    public init() {}
}

/// What the alert rests upon.
public struct SurveyedEvidence: Sendable, Hashable {
    /// How old the newest sample is; nil: there is none.
    public var newestSampleAge: Milliseconds?
    /// How often the data ought to come.
    public var interval: Milliseconds
    public var isAboutAbsence: Bool
    /// How far back the rule looks, and for how long data has come in without a hole.
    public var reach: Milliseconds
    public var covered: Milliseconds
    /// Whether the alert's expression is true at this very moment; nil: it cannot be asked. An alert may be kept firing after that.
    public var isTrue: Bool?

    public init(
        newestSampleAge: Milliseconds?,
        interval: Milliseconds,
        isAboutAbsence: Bool = false,
        reach: Milliseconds = .zero,
        covered: Milliseconds
    ) {
        self.newestSampleAge = newestSampleAge
        self.interval = interval
        self.isAboutAbsence = isAboutAbsence
        self.reach = reach
        self.covered = covered
    }
}

/// What guards know about a unit.
public struct UnitFacts: Sendable, Hashable {
    public var name: String
    /// What systemd calls it: the name is an alias where this differs. nil: nobody knows.
    public var identity: String?
    /// For how long it has been active; nil: it is not.
    public var uptime: Milliseconds?
    /// Activating, deactivating, reloading, or waiting to be restarted by systemd.
    public var isChanging = false
    /// What it Requires, BindsTo or is PartOf.
    public var needs: [String] = []
    /// What systemd stops along with it: all that Requires or BindsTo it, or is PartOf it.
    public var dependents: [String] = []
    /// Those among `needs` that have failed.
    public var failing: [String] = []

    public init(name: String, uptime: Milliseconds? = nil) {
        self.name = name
        self.uptime = uptime
    }
}
