public import Metrics

/// The numbers of a playbook's guards, as plain values. Left alone they are the defaults.
public struct GuardTerms: Sendable, Hashable {
    public var cooldown = Milliseconds.minutes(10)
    public var subjectLimit = Guards.Limit(runs: 3, within: .hours(1))
    public var playbookLimit = Guards.Limit(runs: 10, within: .hours(1))
    public var breaker = Guards.Breaker(unhealed: 2, open: .hours(1), max: .hours(24), minHealthy: .hours(1))
    /// How long the treated units, and the host itself, must have been up.
    public var minUptime = Milliseconds.minutes(2)
    /// Expressions; every one must return something.
    public var require: [String] = []
    /// Names of time intervals.
    public var only: [String] = []
    public var except: [String] = []
    public var lockWait = Milliseconds.minutes(1)
    public var fleet: Guards.Fleet?
    /// The subjects that the plan's templates and selectors resolved to, and how many they may be.
    public var subjects = 1
    public var maxSubjects = 1
    public var weeklyHeals = 10
    public var touchesProtected = false

    public init() {}
}

extension Guards.Limit {
    public init(_ runs: Int, within: Milliseconds) {
        self.init(runs: runs, within: within)
    }
}

extension Guards.Breaker {
    public init(after unhealed: Int, open: Milliseconds, atMost: Milliseconds, minHealthy: Milliseconds) {
        self.init(unhealed: unhealed, open: open, max: atMost, minHealthy: minHealthy)
    }
}

extension Guards.Fleet {
    public init(_ group: String, maxConcurrent: Budget, maxUnhealthy: Budget, store: Store) {
        self.init(group: group, maxConcurrent: maxConcurrent, maxUnhealthy: maxUnhealthy, store: store)
    }
}

extension Step.Retry {
    public init(_ attempts: Int, backoff: ClosedRange<Milliseconds>) {
        self.init(attempts: attempts, backoff: backoff)
    }
}

/// How a run's success is measured, as plain values.
public struct VerificationTerms: Sendable, Hashable {
    public var every = Milliseconds.seconds(15)
    public var healthy = 3
    public var within = Milliseconds.minutes(5)
    /// So many measurements in a row may fail.
    public var inconclusive = 4
    /// Must return something where the patient is well; nil: the alert's own expression must return nothing.
    public var expression: String?

    public init() {}
}

/// What becomes of the alert's notifications, as plain values.
public struct PageTerms: Sendable, Hashable {
    /// Zero: they are not kept back.
    public var hold = Milliseconds.zero
    public var occasions: Set<Playbook.Page.Occasion> = [
        .unhealed, .inconclusive, .blocked, .recurrence, .refused, .expired, .interrupted,
    ]
    /// nil: the alert's own route.
    public var receiver: String?

    public init() {}
}
