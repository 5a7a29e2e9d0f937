import EventLoop
import JSON
import Metrics
import Playbooks
import Systemd

extension UnitJob.Verb {
    /// What systemd is asked for.
    var job: ServiceManager.Job {
        switch self {
        case .start: .start
        case .stop: .stop
        case .restart: .restart
        case .reload: .reload
        case .reloadOrRestart: .reloadOrRestart
        case .tryRestart: .tryRestart
        }
    }
}

extension UnitJob {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let manager = try order.manager()
        let unit = try order.text("unit")
        let (before, outcome) = try await run(unit, order)
        guard outcome.result == .done else {
            let state = try? await manager.state(of: unit)
            throw DeedFailure(
                "\(verb.words) \(unit): the job ended '\(outcome.result.word)'"
                    + (state.map { "; the unit is \($0.words)" } ?? ""),
                before: before.json
            )
        }
        try await settle(unit, before, order)
        let after = try await manager.state(of: unit)
        try judge(unit, before, after)
        return ActionOutcome(
            .succeeded,
            message: "\(verb.words) \(unit): done in \(Self.milliseconds(outcome.duration)) ms, it is \(after.words)",
            before: before.json,
            after: after.json,
            undo: undo(unit, before)?.json
        )
    }

    /// Runs the job. Where nothing has to happen between the look at the unit and the job, both are one question, unless somebody
    /// looked while the intent was written.
    private func run(_ unit: String, _ order: Order) async throws -> (UnitState, JobOutcome) {
        let manager = try order.manager()
        let look = order.tools.foresight.take(order.request.key)
        guard order.arguments.flag("reset_failed") == true else {
            let (before, outcome) = try await manager.runNotingState(
                verb.job,
                unit,
                timeout: order.remaining,
                after: look
            )
            return (before, outcome)
        }
        let before = try await order.unitState()
        try await manager.resetFailed(unit)
        return (before, try await manager.run(verb.job, unit, timeout: order.remaining))
    }

    private func settle(_ unit: String, _ before: UnitState, _ order: Order) async throws {
        guard let settle = order.arguments.duration("settle"), settle > .zero else { return }
        let wantsStop = verb == .stop
        // Restarting what does not run, if it runs, leaves it so; and a unit that runs once and ends is no failure.
        if verb == .tryRestart, before.active != .active { return }
        if before.serviceType == "oneshot" { return }
        let left = try await SettleWatch.watch(unit, for: .milliseconds(settle.rawValue), order) { state in
            wantsStop ? state == .inactive || state == .failed : state == .active || state == .reloading
        }
        guard let left else { return }
        let state = try? await order.manager().state(of: unit)
        let result = state.map { $0.result.isEmpty || $0.result == "success" ? "" : " (\($0.result))" } ?? ""
        throw DeedFailure(
            "\(unit) did not stay \(wantsStop ? "inactive" : "active") for \(settle.promQLText): it went \(left.rawValue)\(result)",
            before: before.json
        )
    }

    /// What the job's word alone does not show.
    private func judge(_ unit: String, _ before: UnitState, _ after: UnitState) throws {
        let ran = before.active == .active || before.active == .reloading
        if verb == .restart || (verb == .tryRestart && ran), let invocation = before.invocation,
            after.invocation == invocation
        {
            throw DeedFailure("\(unit) was not restarted: its invocation is still \(invocation)", before: before.json)
        }
        if verb != .stop, after.active == .failed {
            throw DeedFailure("\(unit) is \(after.words) after the job", before: before.json)
        }
    }

    private func undo(_ unit: String, _ before: UnitState) -> Undo? {
        let ran = before.active == .active || before.active == .reloading
        return switch verb {
        case .start: ran ? nil : .job(verb: "stop", unit: unit)
        case .stop: ran ? .job(verb: "start", unit: unit) : nil
        default: nil
        }
    }

    func rollback(_ order: Order) async throws -> Undo? {
        guard verb == .start || verb == .stop else { return nil }
        return undo(try order.text("unit"), try await order.unitState())
    }

    private static func milliseconds(_ span: Duration) -> Int64 { span.wholeNanoseconds / 1_000_000 }
}
