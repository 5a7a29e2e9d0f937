internal import EventLoop
internal import Logging
internal import SystemBus
internal import Synchronization

/// How a program that systemd ran for medic ended.
public struct ProgramEnd: Sendable, Hashable {
    /// `success`, `exit-code`, `signal`, `timeout`, `oom-kill`, `resources`.
    public let result: String
    /// What the program returned; nil when a signal ended it, or when it never began.
    public let status: Int32?
    /// The signal that ended it.
    public let signal: Int32?
    public let duration: Duration
}

extension ServiceManager {
    /// Runs a program as a transient unit to its end. One that takes longer is stopped, as is one whose task is cancelled.
    public func run(_ service: TransientService, timeout: Duration) async throws(SystemdError) -> ProgramEnd {
        var service = service
        // The unit is held, so that how it ended can be read however fast it does.
        service.isKept = true
        let name = service.unitName
        let began = MonotonicInstant.now
        let deadline = began + timeout
        do {
            _ = try await startTransient(service.unit, timeout: timeout)
            let state = try await end(of: name, until: deadline)
            await forget(name)
            return ProgramEnd(
                result: state.result,
                status: state.exitCode == 1 ? state.exitStatus : nil,
                signal: state.exitCode == 2 || state.exitCode == 3 ? state.exitStatus : nil,
                duration: MonotonicInstant.now - began
            )
        } catch {
            await putDown(name, after: error)
            throw error
        }
    }

    /// Waits until a unit is inactive or failed. Listens before it looks, so that no end is missed.
    private func end(of unit: String, until deadline: MonotonicInstant) async throws(SystemdError) -> UnitState {
        while true {
            let hearing = EndHearing()
            let identifier = await bus.loop.perform { [self] in hearEnd(of: unit) { hearing.end() } }
            do {
                let state = try await state(of: unit)
                if state.active != .inactive && state.active != .failed {
                    try await hearing.wait(on: bus.loop, until: deadline, unit: unit)
                    continue
                }
                await bus.loop.perform { [self] in forgetEnd(of: unit, identifier) }
                return state
            } catch {
                await bus.loop.perform { [self] in forgetEnd(of: unit, identifier) }
                throw error
            }
        }
    }

    /// A program that was given up must not go on by itself. Not a part of the caller's task, which may be cancelled.
    private func putDown(_ unit: String, after error: SystemdError) async {
        guard error.mayHaveHappened else { return }
        await Task { [self] in
            do throws(SystemdError) {
                _ = try await stop(unit, timeout: .seconds(10))
            } catch {
                log.warning("a program that was given up may still run", ["unit": unit, "reason": error.description])
            }
            await forget(unit)
        }.value
    }

    /// Lets go of a unit that was kept.
    private func forget(_ unit: String) async {
        do throws(SystemdError) {
            _ = try await ask(Self.call("UnrefUnit", [.string(unit)]), unit)
        } catch {
            log.debug("a unit could not be let go", ["unit": unit, "reason": error.description])
        }
    }
}

/// The end of a program, waited for once.
private final class EndHearing: Sendable {
    private struct Progress {
        var hasEnded = false
        var waiter: (@Sendable (Result<Void, SystemdError>) -> Void)?
    }

    private let progress = Mutex(Progress())

    func end() {
        let waiter = progress.withLock { progress in
            progress.hasEnded = true
            defer { progress.waiter = nil }
            return progress.waiter
        }
        waiter?(.success(()))
    }

    private func fail(_ error: SystemdError) {
        let waiter = progress.withLock { progress in
            defer { progress.waiter = nil }
            return progress.waiter
        }
        waiter?(.failure(error))
    }

    func wait(on loop: EventLoop, until deadline: MonotonicInstant, unit: String) async throws(SystemdError) {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, SystemdError>, Never>) in
                let hasEnded = progress.withLock { progress in
                    if !progress.hasEnded { progress.waiter = { continuation.resume(returning: $0) } }
                    return progress.hasEnded
                }
                if hasEnded {
                    continuation.resume(returning: .success(()))
                } else if Task.isCancelled {
                    fail(.cancelled(unit: unit))
                }
                loop.submit {
                    loop.at(deadline) { [weak self] in self?.fail(.timedOut(unit: unit, jobCancelled: true)) }
                }
            }
        } onCancel: {
            fail(.cancelled(unit: unit))
        }
        try result.get()
    }
}
