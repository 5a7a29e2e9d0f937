/// What a playbook may name beside itself. What is nil is not known, as when files are checked without a configuration, and not checked.
public struct PlaybookSurroundings: Sendable {
    public var catalogue: ActionCatalogue
    /// The names under `receivers`.
    public var receivers: [String]?
    /// The names under `time_intervals`.
    public var timeIntervals: [String]?
    /// Why permissions are refused, one sentence each; empty: all are granted. From `actions.permit`.
    public var refusals: (@Sendable ([Permission]) -> [String])?

    public init(
        catalogue: ActionCatalogue,
        receivers: [String]? = nil,
        timeIntervals: [String]? = nil,
        refusals: (@Sendable ([Permission]) -> [String])? = nil
    ) {
        self.catalogue = catalogue
        self.receivers = receivers
        self.timeIntervals = timeIntervals
        self.refusals = refusals
    }
}
