internal import Dispatch
import Synchronization

/// At most so many blocking calls run at once; the others wait their turn.
private let blockingCallsMax = 16

/// Threads for calls that block: database clients, waits for children, large files.
private let blockingCalls: OperationLane = OperationLane(width: blockingCallsMax)

/// Does blocking work on a thread of its own kind, so that the threads that run Swift's tasks never wait for the world.
public func offload<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        blockingCalls.submit { continuation.resume(with: Result { try work() }) }
    }
}

/// Does blocking work that cannot fail on a thread of its own kind.
public func offload<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        blockingCalls.submit { continuation.resume(returning: work()) }
    }
}

/// Does blocking work on a thread of its own kind, for whoever hears of its end in another way: no task is needed for it.
public func submitBlocking(_ work: @escaping @Sendable () -> Void) {
    blockingCalls.submit(work)
}

/// A concurrent queue that never runs more than its width at once. What waits is taken up by whoever is done, so that no thread is
/// woken only to pass work on.
private final class OperationLane: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let workers = DispatchQueue(label: "medic.offload", attributes: .concurrent)
    private let width: Int
    private let state = Mutex(State())

    init(width: Int) {
        self.width = width
    }

    func submit(_ work: @escaping @Sendable () -> Void) {
        let hasPlace = state.withLock { state in
            guard state.running < width else {
                state.waiting.append(work)
                return false
            }
            state.running += 1
            return true
        }
        guard hasPlace else { return }
        workers.async { [self] in
            var next: (@Sendable () -> Void)? = work
            while let work = next {
                work()
                next = following()
            }
        }
    }

    /// What to do next in a place that has become free; nil where nothing waits, and the place is given up.
    private func following() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.running -= 1
            return nil
        }
    }
}
