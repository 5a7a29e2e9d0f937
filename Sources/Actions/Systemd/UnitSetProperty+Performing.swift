import JSON
import Playbooks
import SystemBus
import Systemd

extension UnitSetProperty {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let unit = try order.text("unit")
        _ = try await order.unitState()
        let limits = try Self.limits(order)
        let before = try await Self.values(limits, unit, order)
        let runtime = order.arguments.flag("runtime") ?? true
        try await order.manager().setProperties(unit, limits.map(\.property), runtime: runtime)
        let after = try await Self.values(limits, unit, order)
        for (limit, member) in zip(limits, after) where limit.json != member.value {
            throw DeedFailure(
                "\(unit) has \(member.name) at \(member.value) still",
                before: .object(JSONObject(before))
            )
        }
        return ActionOutcome(
            .succeeded,
            message:
                "set \(Wording.list(order.arguments.pairs("properties").map { "\($0.name) to \($0.value)" })) of \(unit)",
            before: .object(JSONObject(before)),
            after: .object(JSONObject(after)),
            undo: Undo.properties(unit: unit, before, runtime: runtime).json
        )
    }

    func rollback(_ order: Order) async throws -> Undo? {
        let unit = try order.text("unit")
        _ = try await order.unitState()
        let before = try await Self.values(try Self.limits(order), unit, order)
        return .properties(unit: unit, before, runtime: order.arguments.flag("runtime") ?? true)
    }

    private static func limits(_ order: Order) throws -> [UnitLimit] {
        try order.arguments.pairs("properties").map { name, value in
            do throws(UnitLimitError) {
                return try UnitLimit(name, written: value)
            } catch {
                throw DeedFailure(error.message)
            }
        }
    }

    /// What the unit has now, as texts where the numbers of JSON do not reach.
    private static func values(_ limits: [UnitLimit], _ unit: String, _ order: Order) async throws -> [JSONObject
        .Member]
    {
        guard let part = part(of: unit) else {
            throw DeedFailure("limits can be set on services and sockets, and \(unit) is neither")
        }
        var members: [JSONObject.Member] = []
        for limit in limits {
            let value = try await order.manager().property(limit.name, of: unit, part: part)
            let json: JSONValue =
                value.boolean.map { .boolean($0) } ?? value.unsigned.map { .string(String($0)) } ?? .null
            members.append(JSONObject.Member(name: limit.name, value: json))
        }
        return members
    }

    private static func part(of unit: String) -> UnitUpdate.Part? {
        unit.hasSuffix(".service") ? .service : unit.hasSuffix(".socket") ? .socket : nil
    }
}

extension UnitLimit {
    var property: Systemd.UnitProperty {
        switch value {
        case .unsigned(let number): Systemd.UnitProperty(name, .uint64(number))
        case .flag(let flag): Systemd.UnitProperty(name, .boolean(flag))
        }
    }

    var json: JSONValue {
        switch value {
        case .unsigned(let number): .string(String(number))
        case .flag(let flag): .boolean(flag)
        }
    }
}
