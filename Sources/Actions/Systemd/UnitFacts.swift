import JSON
import Playbooks
import SystemBus
import Systemd

extension UnitState {
    /// What a record keeps of a unit's state.
    var json: JSONValue {
        var facts = JSONObject()
        facts["unit"] = .string(name)
        facts["active"] = .string(active.rawValue)
        facts["sub"] = .string(sub)
        if !result.isEmpty { facts["result"] = .string(result) }
        if let mainPID { facts["main_pid"] = .integer(Int64(mainPID)) }
        if let invocation { facts["invocation"] = .string(invocation) }
        if let activeEnter, activeEnter.wall > 0 {
            facts["active_since_usec"] = .integer(Int64(clamping: activeEnter.wall))
        }
        if let memoryBytes { facts["memory_bytes"] = .integer(Int64(clamping: memoryBytes)) }
        facts["restarts"] = .integer(Int64(restarts))
        if !statusText.isEmpty { facts["status"] = .string(Wording.shown(statusText)) }
        return .object(facts)
    }

    var words: String { "\(active.rawValue) (\(sub))" + (result.isEmpty || result == "success" ? "" : ", \(result)") }
}

extension Order {
    /// The state of the unit that the arguments name, which must be one that systemd knows.
    func unitState() async throws -> UnitState {
        let unit = try text("unit")
        let state = try await manager().state(of: unit)
        switch state.load {
        case .notFound: throw SystemdError.noSuchUnit(unit)
        case .masked: throw SystemdError.masked(unit: unit)
        default: return state
        }
    }
}
