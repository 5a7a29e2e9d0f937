/// Lets time pass, for what is a span of time by its meaning: a step that waits, a deed that must hold for a while. Ends early, with an
/// error, when the task is cancelled. Whoever waits for something to happen waits for its event instead.
public func pause(for span: Duration) async throws {
    try await ContinuousClock().sleep(for: span)
}
