public import Metrics

/// Everything that a run is going to need, settled when the playbook is considered: templates rendered, numbers in place.
///
/// The plan goes into the durable record. A reload, a changed file or a restart change nothing about a run that has begun, and an
/// approval is for exactly what is done.
public struct RunPlan: Sendable, Hashable {
    public let playbook: String
    public let mode: Playbook.Mode
    public let variables: [Label]
    /// Every step there is, in the order written: the rungs, then those for when they fail, then those for afterwards.
    public let steps: [PlannedStep]
    /// The parts of `steps` that are the ladder.
    public let rungs: [Range<Int>]
    public let onUnhealed: Range<Int>
    public let onResolved: Range<Int>
    /// Sorted, without repetition; the units' own among them.
    public let locks: [String]
    /// The units that are treated.
    public let units: [String]
    public let terms: GuardTerms
    public let verification: VerificationTerms
    public let page: PageTerms
    /// Stands for the rendered steps and the alert: whoever approves approves this.
    public let digest: String

    /// How long a place in the fleet's budget is asked for: it outlives the longest step.
    public var leaseDuration: Milliseconds {
        (steps.map(\.timeout).max() ?? .minutes(1)) + .minutes(2)
    }

    public init(
        playbook: String,
        mode: Playbook.Mode,
        variables: [Label] = [],
        rungs: [[PlannedStep]],
        onUnhealed: [PlannedStep] = [],
        onResolved: [PlannedStep] = [],
        locks: [String] = [],
        units: [String] = [],
        terms: GuardTerms = GuardTerms(),
        verification: VerificationTerms = VerificationTerms(),
        page: PageTerms = PageTerms(),
        digest: String
    ) {
        self.playbook = playbook
        self.mode = mode
        self.variables = variables
        var steps: [PlannedStep] = []
        func place(_ part: [PlannedStep]) -> Range<Int> {
            steps += part
            return steps.count - part.count..<steps.count
        }
        self.rungs = rungs.map(place)
        self.onUnhealed = place(onUnhealed)
        self.onResolved = place(onResolved)
        self.steps = steps
        self.locks = Set(locks + units.map { "unit/\($0)" }).sorted()
        self.units = Set(units).sorted()
        self.terms = terms
        self.verification = verification
        self.page = page
        self.digest = digest
    }
}

/// A step with its arguments rendered, and what is known about the deed.
public struct PlannedStep: Sendable, Hashable {
    public let name: String
    public let action: String
    public let arguments: ActionArguments
    /// What it would do, for people.
    public let sentence: String
    public let timeout: Milliseconds
    public let retry: Step.Retry?
    public let onError: Step.OnError
    /// Its `if` said no when the plan was made.
    public let isSkipped: Bool
    /// Expressions that must all return something when the step's turn comes; otherwise it is passed over.
    public let conditions: [String]
    public let confirmWithin: Milliseconds?
    /// Doing it twice is the same as doing it once.
    public let isRepeatable: Bool
    /// Treats the subject, as against looking, waiting, telling or asking.
    public let isTreatment: Bool

    public init(
        name: String,
        action: String,
        arguments: ActionArguments = ActionArguments(),
        sentence: String,
        timeout: Milliseconds = .minutes(1),
        retry: Step.Retry? = nil,
        onError: Step.OnError = .stop,
        isSkipped: Bool = false,
        conditions: [String] = [],
        confirmWithin: Milliseconds? = nil,
        isRepeatable: Bool,
        isTreatment: Bool = true
    ) {
        self.name = name
        self.action = action
        self.arguments = arguments
        self.sentence = sentence
        self.timeout = timeout
        self.retry = retry
        self.onError = onError
        self.isSkipped = isSkipped
        self.conditions = conditions
        self.confirmWithin = confirmWithin
        self.isRepeatable = isRepeatable
        self.isTreatment = isTreatment
    }

    /// The one action that the machine does by itself: it waits for an operator's word.
    public static let approval = "approve"

    var asksOperator: Bool { action == Self.approval }
}
