public import Metrics
public import PromQL

/// What came of one evaluation of one rule.
public struct RuleEvaluation: Sendable {
    /// The rule's place in its group, from zero.
    public let rule: Int
    /// Nil when all went well.
    public let problem: RuleProblem?
    /// The number of samples the expression returned.
    public let samples: Int
    /// Warnings and remarks about the expression.
    public let annotations: [Annotation]
    public let transitions: [AlertTransition]
    /// What went wrong while templates were expanded; the text says so too.
    public let templateProblems: [String]
    /// What a datasource had to say about its answer.
    public let remarks: [String]

    init(
        rule: Int,
        problem: RuleProblem? = nil,
        samples: Int = 0,
        annotations: [Annotation] = [],
        transitions: [AlertTransition] = [],
        templateProblems: [String] = [],
        remarks: [String] = []
    ) {
        self.rule = rule
        self.problem = problem
        self.samples = samples
        self.annotations = annotations
        self.transitions = transitions
        self.templateProblems = templateProblems
        self.remarks = remarks
    }
}

/// What came of one evaluation of a group.
public struct GroupEvaluation: Sendable {
    public let at: Timestamp
    /// One for each rule, in the order of the group.
    public let rules: [RuleEvaluation]

    /// Every change of an alert, in the order of the rules.
    public var transitions: [AlertTransition] { rules.flatMap(\.transitions) }
}
