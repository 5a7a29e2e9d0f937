public import Metrics

/// Why an alert that a test expects does not fire, as far as the rules tell.
public enum NearMiss: Sendable {
    /// No rule under test has the name.
    case noSuchRule(suggestion: String?)
    /// It fires, and is expected more often than that.
    case repeated
    /// It is true but not for long enough. Times count from the start of the test.
    case pending(labels: LabelList, since: Milliseconds, passed: Milliseconds, hold: Milliseconds, value: Double)
    /// It fired and is over.
    case resolved(labels: LabelList, at: Milliseconds)
    /// Others of the name fire, and none is like it.
    case othersFire
    /// The expression yields nothing. What stands on one side of its comparison yields this.
    case compared(text: String, wanted: String, readings: [ToldSample])
    /// The expression yields nothing, and nor does this part of it.
    case silent(text: String)
}
