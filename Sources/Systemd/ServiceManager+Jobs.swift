internal import EventLoop
internal import Logging
internal import SystemBus
internal import Synchronization

extension ServiceManager {
    /// The jobs that systemd can be asked for.
    public enum Job: String, Sendable, Hashable, CaseIterable {
        case start = "StartUnit"
        case stop = "StopUnit"
        case restart = "RestartUnit"
        case tryRestart = "TryRestartUnit"
        case reload = "ReloadUnit"
        case reloadOrRestart = "ReloadOrRestartUnit"
        case reloadOrTryRestart = "ReloadOrTryRestartUnit"
    }

    /// Asks for a job and waits until systemd tells how it ended. A job that does not end in time is given up, as is one whose task
    /// is cancelled.
    public func run(
        _ job: Job,
        _ unit: String,
        mode: JobMode = .replace,
        timeout: Duration
    ) async throws(SystemdError) -> JobOutcome {
        try await awaitJob(Self.call(job.rawValue, [.string(unit), .string(mode.rawValue)]), unit, timeout: timeout)
    }

    /// The same, and how the unit was just before. Both are asked for in one breath: systemd answers in the order in which it is
    /// asked, so that nothing waits for the first answer.
    ///
    /// - Parameter look: A look at the unit that was begun already; its answer need not have come.
    public func runNotingState(
        _ job: Job,
        _ unit: String,
        mode: JobMode = .replace,
        timeout: Duration,
        after look: UnitLook? = nil
    ) async throws(SystemdError) -> (before: UnitState, outcome: JobOutcome) {
        let seen = look.flatMap { $0.hasFailed ? nil : $0 }
        let before = seen ?? UnitLook()
        let outcome = try await awaitJob(
            Self.call(job.rawValue, [.string(unit), .string(mode.rawValue)]),
            unit,
            timeout: timeout
        ) { [self] in
            if seen == nil { fill(before, unit) }
        }
        return (try before.get(of: unit), outcome)
    }

    /// The same for callers on the bus's loop; the ending is called there, exactly once. Returns what gives the job up.
    @discardableResult
    public func run(
        _ job: Job,
        _ unit: String,
        mode: JobMode = .replace,
        timeout: Duration,
        _ ending: @escaping @Sendable (Result<JobOutcome, SystemdError>) -> Void
    ) -> JobTicket {
        precondition(bus.loop.isCurrent, "jobs with a callback are asked for on the bus's loop")
        let call = Self.call(job.rawValue, [.string(unit), .string(mode.rawValue)])
        return JobTicket(manager: self, identifier: begin(call, unit, timeout: timeout, ending))
    }

    public func start(_ unit: String, mode: JobMode = .replace, timeout: Duration) async throws(SystemdError)
        -> JobOutcome
    {
        try await run(.start, unit, mode: mode, timeout: timeout)
    }

    public func stop(_ unit: String, mode: JobMode = .replace, timeout: Duration) async throws(SystemdError)
        -> JobOutcome
    {
        try await run(.stop, unit, mode: mode, timeout: timeout)
    }

    public func restart(_ unit: String, mode: JobMode = .replace, timeout: Duration) async throws(SystemdError)
        -> JobOutcome
    {
        try await run(.restart, unit, mode: mode, timeout: timeout)
    }

    /// Restarts the unit if it runs; does nothing otherwise.
    public func tryRestart(
        _ unit: String,
        mode: JobMode = .replace,
        timeout: Duration
    ) async throws(SystemdError) -> JobOutcome {
        try await run(.tryRestart, unit, mode: mode, timeout: timeout)
    }

    public func reload(_ unit: String, mode: JobMode = .replace, timeout: Duration) async throws(SystemdError)
        -> JobOutcome
    {
        try await run(.reload, unit, mode: mode, timeout: timeout)
    }

    /// Reloads the unit if it can be, else restarts it.
    public func reloadOrRestart(
        _ unit: String,
        mode: JobMode = .replace,
        timeout: Duration
    ) async throws(SystemdError) -> JobOutcome {
        try await run(.reloadOrRestart, unit, mode: mode, timeout: timeout)
    }

    /// Makes a unit that exists until it ends or the machine does, and starts it.
    public func startTransient(
        _ unit: TransientUnit,
        mode: JobMode = .fail,
        timeout: Duration
    ) async throws(SystemdError) -> JobOutcome {
        try await awaitJob(Self.call(unit, mode), unit.name, timeout: timeout)
    }

    private static func call(_ unit: TransientUnit, _ mode: JobMode) -> BusCall {
        let auxiliary = unit.auxiliary.map { BusValue.structure([.string($0.name), $0.propertyList]) }
        return call(
            "StartTransientUnit",
            [.string(unit.name), .string(mode.rawValue), unit.propertyList, .array("(sa(sv))", auxiliary)]
        )
    }

    /// - Parameter prelude: What is asked right before the job, on the bus's loop.
    private func awaitJob(
        _ call: BusCall,
        _ unit: String,
        timeout: Duration,
        prelude: @escaping @Sendable () -> Void = {}
    ) async throws(SystemdError) -> JobOutcome {
        let holder = TicketHolder()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation {
                (continuation: CheckedContinuation<Result<JobOutcome, SystemdError>, Never>) in
                bus.onLoop { [self] in
                    guard !holder.isCancelled else {
                        continuation.resume(returning: .failure(.cancelled(unit: unit)))
                        return
                    }
                    holder.set(
                        begin(call, unit, timeout: timeout, prelude: prelude) { continuation.resume(returning: $0) }
                    )
                }
            }
        } onCancel: {
            holder.cancel()
            bus.onLoop { [self] in
                if let identifier = holder.identifier { giveUp(identifier, .cancelled(unit: unit)) }
            }
        }
        return try result.get()
    }

    private func begin(
        _ call: BusCall,
        _ unit: String,
        timeout: Duration,
        prelude: @escaping @Sendable () -> Void = {},
        _ ending: @escaping JobBook.Ending
    ) -> UInt64 {
        let identifier = jobs.nextIdentifier()
        let timer = bus.loop.after(timeout) { [weak self] in
            self?.giveUp(identifier, .timedOut(unit: unit, jobCancelled: true))
        }
        jobs.begin(identifier, JobBook.Waiter(unit: unit, began: .now, timer: timer, ending: ending))
        whenPresent(within: timeout) { [weak self] in self?.send(call, unit, identifier, after: prelude) }
        return identifier
    }

    private func send(_ call: BusCall, _ unit: String, _ identifier: UInt64, after prelude: () -> Void) {
        guard jobs.waiters[identifier] != nil else {
            // Given up before it was asked for.
            _ = jobs.answered(identifier, path: nil)
            return
        }
        guard isPresent else {
            _ = jobs.answered(identifier, path: nil)
            let reason = "systemd is not on the bus, or there is no connection to it"
            jobs.take(identifier)?.ending(.failure(.unreachable(reason)))
            return
        }
        prelude()
        bus.call(call) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let values):
                for finished in jobs.answered(identifier, path: values.first?.text) { finished() }
            case .failure(let error):
                _ = jobs.answered(identifier, path: nil)
                let reason = SystemdError(error, unit: unit, action: SystemdError.manageUnits)
                jobs.take(identifier)?.ending(.failure(reason))
            }
        }
    }

    /// Ends the wait, and asks systemd to end the job.
    func giveUp(_ identifier: UInt64, _ reason: SystemdError) {
        guard let waiter = jobs.take(identifier) else { return }
        var reason = reason
        if let job = waiter.path.flatMap(Self.job) {
            bus.call(Self.call("CancelJob", [.uint32(job)])) { [log] result in
                // A job that has just ended by itself needs no cancelling.
                guard case .failure(let error) = result else { return }
                log.debug("a job could not be cancelled", ["unit": waiter.unit, "reason": error.message])
            }
        } else if case .timedOut(let unit, _) = reason {
            reason = .timedOut(unit: unit, jobCancelled: false)
        }
        waiter.ending(.failure(reason))
    }

    private static func job(at path: String) -> UInt32? {
        UInt32(path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? "")
    }

    /// After a break: jobs that systemd still has go on, of the others nobody heard the end.
    func lookAfterJobs() {
        for path in jobs.paths {
            let question = BusCall.get("State", of: Self.name + ".Job", at: path, from: Self.name)
            bus.call(question) { [weak self] result in
                guard let self, case .failure(let error) = result, error.kind == .remote else { return }
                for identifier in jobs.waiting(at: path) {
                    guard let waiter = jobs.take(identifier) else { continue }
                    let reason = "the job ended while there was no connection to systemd"
                    waiter.ending(.failure(.outcomeUnknown(unit: waiter.unit, reason: reason)))
                }
            }
        }
    }
}

/// A job that was asked for with a callback.
public struct JobTicket: Sendable {
    let manager: ServiceManager
    let identifier: UInt64

    /// Gives the job up; nothing happens when it has ended. Only from the bus's loop.
    public func cancel() {
        precondition(manager.bus.loop.isCurrent)
        guard let unit = manager.jobs.waiters[identifier]?.unit else { return }
        manager.giveUp(identifier, .cancelled(unit: unit))
    }
}

/// Ties a task that may be cancelled at any time to a job that is about to be asked for.
private final class TicketHolder: Sendable {
    private let state = Mutex<(identifier: UInt64?, isCancelled: Bool)>((nil, false))

    var identifier: UInt64? { state.withLock { $0.identifier } }
    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func set(_ identifier: UInt64) { state.withLock { $0.identifier = identifier } }
    func cancel() { state.withLock { $0.isCancelled = true } }
}
