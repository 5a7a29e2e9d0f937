import Metrics

/// What the machine knows of an open run beyond the record: what it waits for, and until when. Lost in a restart, and made anew.
struct LiveRun: Sendable {
    /// What has been asked for and not been answered. Whatever it is, it ends by itself at the run's `deadline`.
    enum Awaiting: Sendable, Hashable {
        case nothing
        case survey(QuestionID)
        case lock
        case lease(QuestionID)
        case approval
        case conditions(QuestionID, step: Int, number: Int)
        case renewal(QuestionID)
        case intent(RecordID, ActionKey)
        case arming(ActionKey)
        case deed(ActionKey)
        case cancelling(ActionKey)
        case backoff(ActionKey)
        case operatorStep(ActionKey)
        case nextMeasurement
        case measurement(QuestionID)
        /// The steps for afterwards want locks that others hold, or healing is stopped.
        case aftercare

        /// In words, for people.
        var words: String {
            switch self {
            case .nothing: ""
            case .survey: "facts"
            case .lock, .aftercare: "a lock"
            case .lease, .renewal: "the fleet's budget"
            case .approval, .operatorStep: "an operator's word"
            case .conditions: "a condition"
            case .intent: "the record"
            case .arming: "the rollback to be armed"
            case .deed: "the deed"
            case .cancelling: "the deed to end"
            case .backoff: "the next attempt"
            case .nextMeasurement, .measurement: "the patient"
            }
        }
    }

    var awaiting = Awaiting.nothing
    /// When waiting ends, on the monotonic clock.
    var deadline: Milliseconds?
    var survey: Survey?
    var surveyedAt: Moment?
    /// When a run that has not begun is given up.
    var considerUntil: Milliseconds?
    var lockUntil: Milliseconds?
    /// It holds its locks though it has not begun.
    var holdsLocks = false
    /// Playbooks that are asked when this one is blocked.
    var others: [String] = []
    /// It is only asked what would happen.
    var dryRun: CommandID?
    /// The alert that started it is over.
    var isOver = false
    var leaseRenewed = false
    /// The attempt whose delay is over.
    var delayed: ActionKey?
    var conditionsMet: Int?
    var healthy = 0
    var inconclusive = 0
}

/// How long answers are waited for.
enum Patience {
    static let question = Milliseconds.seconds(10)
    /// A patient is looked at when there is data newer than the deed, and slow scrapes bring some every two minutes.
    static let measurement = Milliseconds.minutes(5)
    static let record = Milliseconds.seconds(30)
    static let arming = Milliseconds.seconds(30)
    /// Beyond a deed's own timeout.
    static let deed = Milliseconds.seconds(5)
    static let cancelling = Milliseconds.seconds(15)
    /// Facts are asked for again when they are older than that at the moment of the first step.
    static let survey = Milliseconds.seconds(2)
    /// How long a run may be considered, beyond its wait for locks.
    static let considering = Milliseconds.minutes(1)
    static let aftercare = Milliseconds.seconds(15)
    static let aftercareKept = Milliseconds.days(7)
    static let proving = Milliseconds.seconds(30)
    /// Attempts beyond those of `retry` that restarts may cost a repeatable step before it counts as unknown.
    static let interruptions = 3
}

/// A repeatable source of chance: the same seed makes the same world.
struct HealingRandom: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// Between zero and one, from the upper 53 bits of a SplitMix64 step.
    mutating func unit() -> Double {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        mixed ^= mixed >> 31
        return Double(mixed >> 11) * 0x1p-53
    }
}
