/// A run as it is shown: in lists, on the page, over HTTP.
public struct RunSnapshot: Sendable, Hashable {
    public let run: Run
    /// What it waits for just now, in words; empty where it waits for nothing.
    public let waitingFor: String
    public let at: Moment

    public var state: String { run.progress.phase.name }
}
