internal import EventLoop
internal import Logging
internal import SystemBus

/// A listener that hears until it is cancelled, whether or not this value is kept.
public struct ChangeSubscription: Sendable {
    let manager: ServiceManager
    let identifier: UInt64

    /// Nothing is told any more. On the loop at once, from elsewhere soon.
    public func cancel() {
        let (manager, identifier) = (manager, identifier)
        manager.bus.onLoop { manager.handlers[identifier] = nil }
    }
}

extension ServiceManager {
    /// Calls the handler on the bus's loop with all that systemd tells. Only from the loop.
    ///
    /// The first thing told is `managerAppeared`, when systemd is there already.
    public func changes(_ handler: @escaping @Sendable (UnitChange) -> Void) -> ChangeSubscription {
        precondition(bus.loop.isCurrent, "changes are subscribed to on the bus's loop")
        hearProperties()
        lastHandler += 1
        handlers[lastHandler] = handler
        if isPresent { handler(.managerAppeared) }
        return ChangeSubscription(manager: self, identifier: lastHandler)
    }

    /// Calls the handler once, the next time that the unit is told to be inactive or failed.
    func hearEnd(of unit: String, _ handler: @escaping @Sendable () -> Void) -> UInt64 {
        hearProperties()
        lastHandler += 1
        endings[unit, default: [:]][lastHandler] = handler
        return lastHandler
    }

    func forgetEnd(of unit: String, _ identifier: UInt64) {
        endings[unit]?[identifier] = nil
        if endings[unit]?.isEmpty == true { endings[unit] = nil }
    }

    /// The bus sends properties of units only to those who have a use for them.
    private func hearProperties() {
        guard !hearsProperties else { return }
        hearsProperties = true
        for part in UnitUpdate.Part.allCases {
            let wanted = BusMatch(
                sender: Self.name,
                pathNamespace: Self.unitPath,
                interface: "org.freedesktop.DBus.Properties",
                member: "PropertiesChanged",
                firstArgument: part.interface
            )
            bus.signals(wanted) { [weak self] in self?.note($0, part) }
        }
    }

    private func note(_ signal: BusSignal, _ part: UnitUpdate.Part) {
        guard let unit = BusPath.decode(signal.path, below: Self.unitPath), signal.arguments.count >= 2,
            let values = signal.arguments[1].properties
        else { return }
        let update = UnitUpdate(unit: unit, part: part, values: values)
        tell(.properties(update))
        guard part == .unit, !endings.isEmpty, let active = update.active, active == .inactive || active == .failed
        else {
            return
        }
        let ended = endings.removeValue(forKey: unit) ?? [:]
        for identifier in ended.keys.sorted() { ended[identifier]?() }
    }
}
