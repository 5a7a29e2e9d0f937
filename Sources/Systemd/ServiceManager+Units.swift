public import SystemBus

extension ServiceManager {
    /// Everything about a unit, in one question. A unit that systemd does not know has `load == .notFound`.
    public func state(of unit: String) async throws(SystemdError) -> UnitState {
        try Self.state(in: try await ask(Self.everything(of: unit), unit), of: unit)
    }

    /// What all kinds of units have: whether and since when it is active, and what it is tied to. Half the work for systemd.
    public func outline(of unit: String) async throws(SystemdError) -> UnitState {
        let part = UnitUpdate.Part.unit.interface
        let values = try await ask(.getAll(of: part, at: Self.objectPath(of: unit), from: Self.name), unit)
        return try Self.state(in: values, of: unit)
    }

    static func everything(of unit: String) -> BusCall { .getAll(of: "", at: objectPath(of: unit), from: name) }

    static func state(from result: Result<[BusValue], BusError>, of unit: String) -> Result<UnitState, SystemdError> {
        do throws(SystemdError) {
            switch result {
            case .success(let values): return .success(try state(in: values, of: unit))
            case .failure(let error): throw SystemdError(error, unit: unit, action: SystemdError.manageUnits)
            }
        } catch {
            return .failure(error)
        }
    }

    private static func state(in values: [BusValue], of unit: String) throws(SystemdError) -> UnitState {
        guard let properties = values.first?.properties else {
            throw .refused(unit: unit, name: "", message: "the answer has no properties")
        }
        return UnitState(properties)
    }

    /// One property of a unit, under systemd's name for it.
    public func property(
        _ property: String,
        of unit: String,
        part: UnitUpdate.Part = .unit
    ) async throws(SystemdError) -> BusValue {
        let question = BusCall.get(property, of: part.interface, at: Self.objectPath(of: unit), from: Self.name)
        guard let value = try await ask(question, unit).first else {
            throw .refused(unit: unit, name: "", message: "the answer is empty")
        }
        return value.content
    }

    /// The units that systemd has loaded and whose names match one of the shell patterns; all when there are none.
    public func units(matching patterns: [String] = []) async throws(SystemdError) -> [UnitSummary] {
        let values = try await ask(Self.list(patterns), nil)
        return (values.first?.elements ?? []).compactMap { UnitSummary($0) }
    }

    /// The units of these names, loaded for it where they were not.
    public func units(named names: [String]) async throws(SystemdError) -> [UnitSummary] {
        let values = try await ask(Self.call("ListUnitsByNames", [.strings(names)]), nil)
        return (values.first?.elements ?? []).compactMap { UnitSummary($0) }
    }

    /// The same for callers on the bus's loop; answered there.
    public func units(
        matching patterns: [String] = [],
        _ reply: @escaping @Sendable (Result<[UnitSummary], SystemdError>) -> Void
    ) {
        bus.call(Self.list(patterns)) { result in
            reply(
                result.map { values in (values.first?.elements ?? []).compactMap { UnitSummary($0) } }
                    .mapError { SystemdError($0, unit: nil, action: SystemdError.manageUnits) }
            )
        }
    }

    private static func list(_ patterns: [String]) -> BusCall {
        call("ListUnitsByPatterns", [.strings([]), .strings(patterns)])
    }

    /// One property for callers on the bus's loop; answered there.
    public func property(
        _ property: String,
        of unit: String,
        interface: String,
        _ reply: @escaping @Sendable (Result<BusValue, BusError>) -> Void
    ) {
        read(.get(property, of: interface, at: Self.objectPath(of: unit), from: Self.name), reply)
    }

    /// One property of systemd itself, for callers on the bus's loop.
    public func managerProperty(_ property: String, _ reply: @escaping @Sendable (Result<BusValue, BusError>) -> Void) {
        read(.get(property, of: Self.managerInterface, at: Self.path, from: Self.name), reply)
    }

    private func read(_ question: BusCall, _ reply: @escaping @Sendable (Result<BusValue, BusError>) -> Void) {
        bus.call(question) { result in
            reply(
                result.flatMap { values in
                    guard let value = values.first else {
                        return .failure(BusError(.malformed, message: "the answer is empty"))
                    }
                    return .success(value.content)
                }
            )
        }
    }

    /// Sends a signal to the unit's processes.
    public func kill(_ unit: String, signal: Int32, whom: KillTarget = .all) async throws(SystemdError) {
        _ = try await ask(
            Self.call("KillUnit", [.string(unit), .string(whom.rawValue), .int32(signal)]),
            unit
        )
    }

    /// Clears a failed state, and the count of starts that systemd limits.
    public func resetFailed(_ unit: String) async throws(SystemdError) {
        _ = try await ask(Self.call("ResetFailedUnit", [.string(unit)]), unit)
    }

    /// Sets properties such as `MemoryMax`: until the next boot, or for good.
    public func setProperties(
        _ unit: String,
        _ properties: [UnitProperty],
        runtime: Bool
    ) async throws(SystemdError) {
        let list = UnitProperty.list(properties)
        _ = try await ask(Self.call("SetUnitProperties", [.string(unit), .boolean(runtime), list]), unit)
    }

    /// Stops the unit's processes where they are, without their knowing.
    public func freeze(_ unit: String, timeout: Duration = .seconds(25)) async throws(SystemdError) {
        _ = try await ask(Self.call("FreezeUnit", [.string(unit)], timeout: timeout), unit)
    }

    /// Lets the unit's processes go on.
    public func thaw(_ unit: String, timeout: Duration = .seconds(25)) async throws(SystemdError) {
        _ = try await ask(Self.call("ThawUnit", [.string(unit)], timeout: timeout), unit)
    }

    /// Has systemd read its files again.
    public func reloadDaemon(timeout: Duration = .seconds(90)) async throws(SystemdError) {
        _ = try await ask(Self.call("Reload", timeout: timeout), nil, action: SystemdError.reloadDaemon)
    }

    func ask(
        _ call: BusCall,
        _ unit: String?,
        action: String = SystemdError.manageUnits
    ) async throws(SystemdError) -> [BusValue] {
        do {
            return try await bus.call(call)
        } catch {
            if error.kind == .disconnected, error.message.hasPrefix("no connection") {
                throw .unreachable(error.message)
            }
            throw SystemdError(error, unit: unit, action: action)
        }
    }
}
