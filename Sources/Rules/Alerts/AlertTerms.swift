public import Metrics

/// What a rule says about the life of its alerts.
public struct AlertTerms: Sendable, Hashable {
    /// How long the expression must be true before the alert fires: `for`.
    public var hold: Milliseconds
    /// How long the alert fires on after the expression was last true: `keep_firing_for`.
    public var keepFiring: Milliseconds
    /// How many evaluations in a row may find nothing without restarting the `for` clock: `for_tolerates`.
    public var toleratedMisses: Int
    /// Whether the alert has a `clear_when` expression, and so stays until that one is true.
    public var hasClearCondition: Bool

    public init(
        hold: Milliseconds = .zero,
        keepFiring: Milliseconds = .zero,
        toleratedMisses: Int = 0,
        hasClearCondition: Bool = false
    ) {
        self.hold = hold
        self.keepFiring = keepFiring
        self.toleratedMisses = toleratedMisses
        self.hasClearCondition = hasClearCondition
    }

    /// With a `clear_when`, how long neither expression may say anything before the alert is let go: data that never comes
    /// back is no reason to fire for ever.
    static let silenceUntilCleared = Milliseconds.hours(1)
}
