import Actions
import Logging
import Playbooks
import Synchronization

/// Does what the run machine asks for, each deed in a task of its own, and says what came of it.
final class DeedDoer: Sendable {
    private let tools: ActionTools
    private let tasks = Mutex<[ActionKey: Task<Void, Never>]>([:])

    init(_ tools: ActionTools) {
        self.tools = tools
    }

    /// A deed is about to be done, as soon as its intent is durable: what it will want to know is looked up meanwhile.
    func foresee(_ key: ActionKey, _ action: String, _ arguments: ActionArguments) {
        tools.foresight.look(ahead: key, action, arguments, tools)
    }

    /// Begins the deed; `then` is called once, from any thread.
    func perform(_ request: ActionRequest, then: @escaping @Sendable (ActionOutcome) -> Void) {
        let tools = tools
        // The task cannot forget itself before it is known, because it waits for the lock.
        tasks.withLock { tasks in
            tasks[request.key] = Task { [weak self] in
                let outcome = await Deeds.perform(request, tools)
                self?.forget(request.key)
                then(outcome)
            }
        }
    }

    /// Has systemd undo the step after the time, unless it is disarmed; `then` is told why that could not be, or nil.
    func arm(_ request: ActionRequest, within: Duration, then: @escaping @Sendable (String?) -> Void) {
        let tools = tools
        Task {
            do throws(DeadManRollback.Failure) {
                _ = try await DeadManRollback.arm(request, within: within, tools)
                then(nil)
            } catch {
                then(error.description)
            }
        }
    }

    func disarm(run: String, step: Int) {
        let tools = tools
        Task {
            do throws(DeadManRollback.Failure) {
                try await DeadManRollback.disarm(run: run, step: step, tools)
            } catch {
                tools.log.error(
                    "a rollback could not be disarmed and will undo a step that worked",
                    ["run": run, "step": step, "reason": error.description]
                )
            }
        }
    }

    /// Rollbacks that fired while nobody looked.
    func takeFired() -> [DeadManRollback.Fired] {
        do {
            return try DeadManRollback.takeFired(tools)
        } catch {
            tools.log.warning("fired rollbacks cannot be read", ["reason": "\(error)"])
            return []
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
