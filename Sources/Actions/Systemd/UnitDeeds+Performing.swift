import JSON
import Playbooks
import Systemd

extension UnitKill {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let unit = try order.text("unit")
        let name = try order.text("signal")
        guard let signal = Signal.number(of: name) else {
            throw DeedFailure("there is no signal '\(Wording.shown(name))'")
        }
        let whom = order.arguments.text("whom").flatMap { KillTarget(rawValue: $0) } ?? .all
        let before = try await order.unitState()
        try await order.manager().kill(unit, signal: signal, whom: whom)
        let after = try await order.manager().state(of: unit)
        return ActionOutcome(
            .succeeded,
            message: "sent \(name) to \(unit) (\(whom.rawValue))",
            before: before.json,
            after: after.json
        )
    }
}

extension UnitResetFailed {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let unit = try order.text("unit")
        let before = try await order.unitState()
        try await order.manager().resetFailed(unit)
        let after = try await order.manager().state(of: unit)
        return ActionOutcome(
            .succeeded,
            message: "cleared the failed state of \(unit); it is \(after.words)",
            before: before.json,
            after: after.json
        )
    }
}

extension UnitFreeze {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let unit = try order.text("unit")
        let before = try await order.unitState()
        if thaws {
            try await order.manager().thaw(unit, timeout: order.remaining)
        } else {
            guard before.canFreeze else {
                throw DeedFailure("\(unit) cannot be frozen on this host", before: before.json)
            }
            try await order.manager().freeze(unit, timeout: order.remaining)
        }
        let after = try await order.manager().state(of: unit)
        return ActionOutcome(
            .succeeded,
            message: "\(thaws ? "thawed" : "froze") \(unit)",
            before: .string(before.freezer),
            after: .string(after.freezer),
            undo: before.freezer == after.freezer ? nil : Undo.freezer(unit: unit, thaws: !thaws).json
        )
    }

    func rollback(_ order: Order) async throws -> Undo? {
        .freezer(unit: try order.text("unit"), thaws: !thaws)
    }
}
