import Synchronization

/// A wait that ends once: by its timer, by what it waits for, or by the task that gives up.
final class Pause: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Void, Never>?
        var hasEnded = false
    }

    private let state = Mutex(State())

    func end() {
        let continuation = state.withLock { state in
            state.hasEnded = true
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume()
    }

    /// Waits for `end`, or for the task to be cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.hasEnded { state.continuation = continuation }
                    return state.hasEnded
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            end()
        }
    }
}
