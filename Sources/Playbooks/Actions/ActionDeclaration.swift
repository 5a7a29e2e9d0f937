public import Metrics

/// What a kind of action promises before it is ever done: its arguments, its facts, its words.
///
/// The deed itself is elsewhere: playbooks are checked, explained, simulated and tested with declarations alone.
public struct ActionDeclaration: Sendable {
    /// As playbooks write it: `systemd.restart`.
    public let name: String
    /// One line for lists and documentation.
    public let summary: String
    public let arguments: [ArgumentDeclaration]
    /// Whether doing it twice is the same as doing it once. An interrupted step is done again only then.
    public let isRepeatable: @Sendable (ActionArguments) -> Bool
    /// What takes the deed back, in words; nil where nothing does.
    public let undo: String?
    /// What `actions.permit` of the configuration must allow.
    public let permissions: @Sendable (ActionArguments) -> [Permission]
    /// Locks that the deed implies, such as `unit/api.service`.
    public let locks: @Sendable (ActionArguments) -> [String]
    /// The unit that is treated, where there is one: guards look at its uptime, state and protection.
    public let treatedUnits: @Sendable (ActionArguments) -> [String]
    /// What it would do, in one sentence with real values: `restart api.service and see it stay active for 3s`.
    public let sentence: @Sendable (ActionArguments) -> String
    /// How long the deed takes by its own arguments, such as `settle` and `within`. Where the step says no timeout, it has a minute more.
    public let lasts: @Sendable (ActionArguments) -> Milliseconds
    /// What is wrong with the arguments beyond their types. An argument whose template is not yet rendered is absent here.
    public let complaints: @Sendable (ActionArguments) -> [ArgumentComplaint]
    /// Whether it treats the subject, as against looking, waiting, telling or asking. Treating steps are skipped once the alert is over.
    public let isTreatment: Bool

    public init(
        name: String,
        summary: String,
        arguments: [ArgumentDeclaration],
        isRepeatable: @escaping @Sendable (ActionArguments) -> Bool,
        undo: String? = nil,
        isTreatment: Bool = true,
        permissions: @escaping @Sendable (ActionArguments) -> [Permission] = { _ in [] },
        locks: @escaping @Sendable (ActionArguments) -> [String] = { _ in [] },
        treatedUnits: @escaping @Sendable (ActionArguments) -> [String] = { _ in [] },
        lasts: @escaping @Sendable (ActionArguments) -> Milliseconds = { _ in .zero },
        complaints: @escaping @Sendable (ActionArguments) -> [ArgumentComplaint] = { _ in [] },
        sentence: @escaping @Sendable (ActionArguments) -> String
    ) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
        self.isRepeatable = isRepeatable
        self.undo = undo
        self.isTreatment = isTreatment
        self.permissions = permissions
        self.locks = locks
        self.treatedUnits = treatedUnits
        self.lasts = lasts
        self.complaints = complaints
        self.sentence = sentence
    }
}
