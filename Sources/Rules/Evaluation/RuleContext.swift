public import Metrics

/// What the rules of an installation have in common.
public struct RuleContext: Sendable, Hashable {
    /// For groups that do not say how often they are evaluated.
    public var defaultInterval: Milliseconds
    /// For groups that do not say how far back they look.
    public var defaultQueryOffset: Milliseconds
    /// Offered to templates as `$externalLabels`.
    public var externalLabels: Labels
    /// Offered to templates as `$externalURL`: where an operator finds this agent.
    public var externalURL: String
    /// How long nobody may have evaluated before pending alerts begin anew after a restart.
    public var outageTolerance: Milliseconds

    public init(
        defaultInterval: Milliseconds = .minutes(1),
        defaultQueryOffset: Milliseconds = .zero,
        externalLabels: Labels = .empty,
        externalURL: String = "",
        outageTolerance: Milliseconds = .minutes(5)
    ) {
        self.defaultInterval = defaultInterval
        self.defaultQueryOffset = defaultQueryOffset
        self.externalLabels = externalLabels
        self.externalURL = externalURL
        self.outageTolerance = outageTolerance
    }
}
