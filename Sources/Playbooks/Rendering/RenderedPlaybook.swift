public import Metrics

/// A playbook for one alert: every template filled in, every argument checked again, nothing left to decide but when.
///
/// It is made before the guards are asked, so that an approval covers exactly what is done, and it does not change while the run lasts.
public struct RenderedPlaybook: Sendable, Hashable {
    public struct Variable: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    public let name: String
    public let subject: Labels
    public let variables: [Variable]
    /// The steps of `playbook.run` stand in place of it.
    public let rungs: [[RenderedStep]]
    public let onUnhealed: [RenderedStep]
    public let onResolved: [RenderedStep]
    /// nil: the alert's own expression must return nothing.
    public let verification: PlaybookExpression?
    /// Every one must return something before the run may begin.
    public let require: [PlaybookExpression]
    /// Those of the guards and those that steps imply, sorted, each once.
    public let locks: [String]
    /// Units that any of the steps treats, sorted, each once.
    public let treatedUnits: [String]

    /// Every step there is, of all rungs and of what follows.
    public var allSteps: [RenderedStep] { rungs.flatMap { $0 } + onUnhealed + onResolved }

    /// What the configuration must allow for all of it.
    public var permissions: [Permission] { allSteps.flatMap(\.permissions) }
}

/// A step with its arguments filled in.
public struct RenderedStep: Sendable, Hashable {
    public let name: String
    public let action: String
    public let arguments: ActionArguments
    public let timeout: Milliseconds
    public let retry: Step.Retry?
    public let onError: Step.OnError
    public let confirmWithin: Milliseconds?
    /// Whether an interrupted step may be done again: by the author's word, or by the action's.
    public let isRepeatable: Bool
    /// Treating steps are skipped once the alert is over.
    public let isTreatment: Bool
    /// A template of `if` said no: the step is passed over.
    public let isSkipped: Bool
    /// Every one must return something when the step's turn comes; otherwise it is passed over.
    public let conditions: [PlaybookExpression]
    /// What it would do, with real values.
    public let sentence: String
    public let locks: [String]
    public let treatedUnits: [String]
    public let permissions: [Permission]
}

/// Why a playbook cannot be carried out for an alert: a label that is missing, a value that an action refuses.
public struct RenderingError: Error, Sendable, Hashable {
    /// The part of the playbook: `step 2 (systemd.restart), unit`.
    public let place: String
    public let message: String
    /// What to do about it, where that can be told.
    public let help: String?
}

extension RenderingError: CustomStringConvertible {
    public var description: String { "\(place): \(message)" }
}
