public import Metrics

/// One execution of a playbook upon one subject: what was planned, how far it has come, what each step did.
public struct Run: Sendable, Hashable {
    /// A number that rises from run to run, as text.
    public let id: String
    public let plan: RunPlan
    /// The labels that name the patient.
    public let subject: Labels
    /// The alert that started it.
    public let alert: FiringAlert
    /// The operator who started it; nil: medic did.
    public let requestedBy: String?
    public let openedAt: Moment
    public var progress: RunProgress
    /// The last attempt of each step that was begun or skipped, in the order of the plan.
    public internal(set) var steps: [StepRecord]

    public var playbook: String { plan.playbook }
    public var isOpen: Bool { progress.phase.ending == nil }

    /// Whether nothing about it needs remembering any longer.
    var isForgettable: Bool { !isOpen && (progress.aftercare == .none || progress.aftercare == .done) }

    subscript(step index: Int) -> StepRecord? { steps.first { $0.step == index } }

    /// Puts a step's newest attempt in its place.
    public mutating func note(_ step: StepRecord) {
        if let place = steps.firstIndex(where: { $0.step >= step.step }) {
            if steps[place].step == step.step { steps[place] = step } else { steps.insert(step, at: place) }
        } else {
            steps.append(step)
        }
    }

    /// Which alerts the run is about.
    public var alerts: [Labels] { [alert.labels] + progress.joined }
}

/// What changes about a run in the course of its life.
public struct RunProgress: Sendable, Hashable {
    public var phase: RunPhase
    /// The part of the plan that is being carried out, or was last.
    public var section = RunSection.rung(0)
    /// Why it is where it is, for people.
    public var reason = ""
    /// A step's outcome is unknown: no further treatment on top of it.
    public var isDoubtful = false
    /// It ends so as soon as the deed in hand is over.
    public var stop: RunEnding?
    /// What the guards said when it was last asked whether it may begin.
    public var verdicts: [GuardVerdict] = []
    /// Further alerts of the same subject that came while it was open.
    public var joined: [Labels] = []
    public var approval: RunApproval?
    public var armed: [ArmedRollback] = []
    public var lease: FleetLease?
    /// Units that must not be treated meanwhile, because a treated unit depends on them.
    public var closure: [String] = []
    public var startedAt: Moment?
    public var endedAt: Moment?
    public var aftercare = Aftercare.none
    public var lastMeasurement: Measurement?
}

/// Where a run stands in its life. Each phase carries the moments it needs.
public enum RunPhase: Sendable, Hashable {
    /// Facts are being gathered, guards asked, locks and leases waited for; nothing has been done.
    case considered
    /// For an operator's word.
    case waiting(since: Moment)
    case running
    case verifying(since: Moment)
    case ended(RunEnding)

    public var ending: RunEnding? {
        if case .ended(let ending) = self { ending } else { nil }
    }

    /// As lists and tests name it.
    public var name: String {
        switch self {
        case .considered: "considered"
        case .waiting: "waiting"
        case .running: "running"
        case .verifying: "verifying"
        case .ended(let ending): ending.rawValue
        }
    }

    /// Whether deeds may have been done and the subject is in its hands.
    var isTreating: Bool {
        switch self {
        case .running, .verifying: true
        case .considered, .waiting, .ended: false
        }
    }
}

/// How a run ended.
public enum RunEnding: String, Sendable, Hashable, CaseIterable {
    /// A guard refused it.
    case blocked
    case refused
    case expired
    /// The alert was over before anything was treated.
    case unneeded
    /// It said what it would have done.
    case observed
    case healed
    case unhealed
    /// Whether the patient is well could not be told.
    case inconclusive
    case cancelled
    /// A restart, or an answer that never came, left the outcome of a step unknown, and the alert is still true.
    case interrupted

    /// Whether it counts as a treatment that did not help.
    var isFailure: Bool { self == .unhealed || self == .inconclusive || self == .interrupted }
}

/// A part of the plan.
public enum RunSection: Sendable, Hashable {
    case rung(Int)
    case onUnhealed
    case onResolved
}

/// What remains to be done once the alert is over.
public enum Aftercare: String, Sendable, Hashable {
    case none
    /// The steps for afterwards wait for the alert's end.
    case awaiting
    case running
    case done
}

/// One attempt of one step, as the record keeps it. Without an outcome it has begun, and nobody knows more.
public struct StepRecord: Sendable, Hashable {
    /// An index into the plan's steps.
    public let step: Int
    /// From one; zero when it was passed over without having been tried.
    public let attempt: Int
    public let begunAt: Moment
    public var endedAt: Moment?
    public var outcome: ActionOutcome?
    /// Why it was not done, or not done again.
    public var skipped: String?

    public init(step: Int, attempt: Int, begunAt: Moment) {
        self.step = step
        self.attempt = attempt
        self.begunAt = begunAt
    }

    var isUnsettled: Bool { outcome == nil && skipped == nil }
}

/// An operator's yes or no.
public struct RunApproval: Sendable, Hashable {
    public let isGranted: Bool
    public let by: String
    /// By which way it came: the command line, the page, a chat.
    public let way: String
    public let at: Moment
    /// What was approved.
    public let digest: String
}

/// A change that undoes itself unless the run is healed in time.
public struct ArmedRollback: Sendable, Hashable {
    public let step: Int
    public let at: Moment
    public let within: Milliseconds
}

/// A place in the fleet's budget.
public struct FleetLease: Sendable, Hashable {
    public let group: String
    public let slot: Int64
    /// Rises with each holder of the slot: whoever comes with an older one has lost it.
    public let token: Int64
    public let expires: Moment

    public init(group: String, slot: Int64, token: Int64, expires: Moment) {
        self.group = group
        self.slot = slot
        self.token = token
        self.expires = expires
    }
}

/// One answer to the question whether the patient is well.
public enum Measurement: Sendable, Hashable {
    case healthy
    case ill
    /// An error, or no data: never healthy, never a reason to act.
    case inconclusive(String)
}
