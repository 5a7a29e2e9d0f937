import Metrics
import Playbooks
import Systemd

extension UnitJob {
    private var job: ServiceManager.Job {
        switch verb {
        case .start: .start
        case .stop: .stop
        case .restart: .restart
        case .reload: .reload
        case .reloadOrRestart: .reloadOrRestart
        case .tryRestart: .tryRestart
        }
    }

    /// Asks for the job, waits until systemd tells that it is over, and sees that the unit stays as it should for `settle`.
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        guard let manager = tools.manager else { return .withoutSystemd }
        let unit = request.arguments.text("unit") ?? ""
        let timeout = Duration.milliseconds(request.timeout.rawValue)
        do throws(SystemdError) {
            let before = try await manager.state(of: unit)
            if request.arguments.flag("reset_failed") == true { try await manager.resetFailed(unit) }
            let ended = try await manager.run(job, unit, timeout: timeout)
            guard ended.result == .done || (verb == .tryRestart && ended.result == .skipped) else {
                let after = try? await manager.state(of: unit)
                return ActionOutcome(
                    .failed("systemd's job ended as \(ended.result.word)"),
                    message: "\(verb.words) of \(unit): the job ended as \(ended.result.word)",
                    before: before.facts,
                    after: after?.facts
                )
            }
            return await settled(request, unit, before, manager)
        } catch {
            return ActionOutcome(error)
        }
    }

    private func settled(
        _ request: ActionRequest,
        _ unit: String,
        _ before: UnitState,
        _ manager: ServiceManager
    ) async -> ActionOutcome {
        let settle = Duration.milliseconds(request.arguments.duration("settle")?.rawValue ?? 0)
        let wanted: Set<String> = verb == .stop ? ["inactive", "failed"] : ["active", "reloading"]
        let departure = settle > .zero ? await UnitWatch.departure(of: unit, from: wanted, for: settle, manager) : nil
        let after = try? await manager.state(of: unit)
        var outcome = ActionOutcome(.succeeded, before: before.facts, after: after?.facts)
        if Task.isCancelled {
            outcome.result = .cancelled
        } else if let departure {
            outcome.result = .failed("\(unit) became \(departure) within \(settle) after the job")
        } else if verb == .restart, before.invocation != nil, before.invocation == after?.invocation {
            outcome.result = .failed("\(unit) is the same invocation as before: nothing was restarted")
        } else {
            let process = after?.mainPID.map { ", main process \($0)" } ?? ""
            outcome.message = "\(unit) is \(after?.active.rawValue ?? "unknown") (\(after?.sub ?? ""))\(process)"
        }
        return outcome
    }
}

extension UnitResetFailed {
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        await UnitCall.perform(request, tools) { manager, unit throws(SystemdError) in
            try await manager.resetFailed(unit)
        }
    }
}

extension UnitFreeze {
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        let timeout = Duration.milliseconds(request.timeout.rawValue)
        let thaws = thaws
        return await UnitCall.perform(request, tools) { manager, unit throws(SystemdError) in
            if thaws {
                try await manager.thaw(unit, timeout: timeout)
            } else {
                try await manager.freeze(unit, timeout: timeout)
            }
        }
    }
}

extension UnitKill {
    func perform(_ request: ActionRequest, _ tools: ActionTools) async -> ActionOutcome {
        guard let signal = Signal.number(of: request.arguments.text("signal") ?? "SIGTERM") else {
            return ActionOutcome(.failed("there is no such signal"))
        }
        let whom = KillTarget(rawValue: request.arguments.text("whom") ?? "all") ?? .all
        return await UnitCall.perform(request, tools) { manager, unit throws(SystemdError) in
            try await manager.kill(unit, signal: signal, whom: whom)
        }
    }
}

/// One call about a unit, with its states before and after.
enum UnitCall {
    static func perform(
        _ request: ActionRequest,
        _ tools: ActionTools,
        _ call: (ServiceManager, String) async throws(SystemdError) -> Void
    ) async -> ActionOutcome {
        guard let manager = tools.manager else { return .withoutSystemd }
        let unit = request.arguments.text("unit") ?? ""
        do throws(SystemdError) {
            let before = try await manager.state(of: unit)
            try await call(manager, unit)
            let after = try await manager.state(of: unit)
            return ActionOutcome(
                .succeeded,
                message: "\(unit) is \(after.active.rawValue) (\(after.sub))",
                before: before.facts,
                after: after.facts
            )
        } catch {
            return ActionOutcome(error)
        }
    }
}
