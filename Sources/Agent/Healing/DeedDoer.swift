import Playbooks
import Synchronization

/// Does what the run machine asks for, each deed in a task of its own, and says what came of it.
final class DeedDoer: Sendable {
    /// How a deed is done; bounded in time by itself.
    typealias Performer = @Sendable (ActionRequest) async -> ActionOutcome

    private let performer: Performer
    private let tasks = Mutex<[ActionKey: Task<Void, Never>]>([:])

    init(_ performer: @escaping Performer) {
        self.performer = performer
    }

    /// Begins the deed; `then` is called once, from any thread.
    func perform(_ request: ActionRequest, then: @escaping @Sendable (ActionOutcome) -> Void) {
        let performer = performer
        // The task cannot forget itself before it is known, because it waits for the lock.
        tasks.withLock { tasks in
            tasks[request.key] = Task { [weak self] in
                let outcome = await performer(request)
                self?.forget(request.key)
                then(outcome)
            }
        }
    }

    /// Asks a deed to stop. It still says what came of it.
    func cancel(_ key: ActionKey) {
        tasks.withLock { $0[key] }?.cancel()
    }

    /// Asks all deeds to stop: the process ends.
    func cancelAll() {
        for task in tasks.withLock({ Array($0.values) }) { task.cancel() }
    }

    private func forget(_ key: ActionKey) {
        _ = tasks.withLock { $0.removeValue(forKey: key) }
    }
}
