public import Metrics

/// A playbook as the run machine needs it: which alerts it is for, whom it treats, and a way to make its plan.
public struct PreparedPlaybook: Sendable {
    /// One entry of `when`.
    public struct Trigger: Sendable {
        public let matches: @Sendable (Labels) -> Bool
        /// How long the alert must have been firing.
        public let firingFor: Milliseconds

        public init(firingFor: Milliseconds = .zero, matches: @escaping @Sendable (Labels) -> Bool) {
            self.matches = matches
            self.firingFor = firingFor
        }
    }

    /// Why a playbook cannot be carried out for this alert: a template that does not resolve, an argument that makes no sense.
    public struct Problem: Error, Sendable, Hashable {
        public let messages: [String]

        public init(_ messages: [String]) {
            self.messages = messages
        }
    }

    public let name: String
    public let triggers: [Trigger]
    /// The labels that name the patient; nil: all of them.
    public let subject: [String]?
    public let acceptsWebhooks: Bool
    /// Later playbooks may take the subject after this one ends unhealed.
    public let continues: Bool
    /// Makes the plan of the run of this identity. An operator may have given some of the variables.
    public let plan: @Sendable (FiringAlert, _ run: String, _ variables: [Label]) -> Result<RunPlan, Problem>

    public init(
        name: String,
        triggers: [Trigger],
        subject: [String]?,
        acceptsWebhooks: Bool = false,
        continues: Bool = false,
        plan: @escaping @Sendable (FiringAlert, _ run: String, _ variables: [Label]) -> Result<RunPlan, Problem>
    ) {
        self.name = name
        self.triggers = triggers
        self.subject = subject
        self.acceptsWebhooks = acceptsWebhooks
        self.continues = continues
        self.plan = plan
    }

    /// The patient's labels. An alert that lacks one of the named labels names nobody: every such alert would be one patient.
    func patient(of alert: FiringAlert) -> Labels {
        guard let subject else { return alert.labels }
        let found = subject.compactMap { name in alert.labels[name].map { Label(name, $0) } }
        return found.count == subject.count ? Labels(found) : .empty
    }
}
