internal import CSystemd
internal import EventLoop
internal import Logging
internal import Synchronization

/// A wish for signals. Lives until it is cancelled, over all connections.
///
/// The library's slot belongs to one connection and is taken back before that ends.
@safe final class Match {
    let wanted: BusMatch
    let rule: String
    let handler: @Sendable (BusSignal) -> Void
    unowned let bus: SystemBus
    var slot: OpaquePointer?

    init(_ wanted: BusMatch, rule: String, _ bus: SystemBus, _ handler: @escaping @Sendable (BusSignal) -> Void) {
        self.wanted = wanted
        self.rule = rule
        self.bus = bus
        self.handler = handler
    }

    func removeSlot() {
        unsafe sd_bus_slot_unref(slot)
        unsafe slot = nil
    }
}

/// Who has a name on the bus, as far as this connection knows.
final class NameRecord {
    let match: Match
    var owner: String?
    var handlers: [UInt64: @Sendable (String?) -> Void] = [:]
    /// What the handlers were last told; nil before anything is known.
    private var announced: String??

    var isKnown: Bool { announced != nil }

    init(_ match: Match) {
        self.match = match
    }

    func forget() {
        match.removeSlot()
        owner = nil
    }

    func announce() {
        guard announced != .some(owner) else { return }
        announced = .some(owner)
        for identifier in handlers.keys.sorted() { handlers[identifier]?(owner) }
    }
}

extension SystemBus {
    static let busName = "org.freedesktop.DBus"

    /// Calls the handler on the loop for every signal that matches, until cancelled. From any thread.
    ///
    /// Anybody on the bus can address a signal to anybody; one that the owner of `sender` did not send is dropped.
    @discardableResult
    public func signals(
        _ wanted: BusMatch,
        _ handler: @escaping @Sendable (BusSignal) -> Void
    ) -> BusSubscription {
        subscribe { bus, identifier in
            guard let rule = wanted.rule else {
                bus.log.error("no such signal can be asked for", ["member": wanted.member ?? ""])
                return
            }
            bus.record(of: wanted.sender)
            bus.matches[identifier] = Match(wanted, rule: rule, bus, handler)
            if bus.state == .connected { bus.install(identifier) }
        } cancelled: { bus, identifier in
            bus.matches.removeValue(forKey: identifier)?.removeSlot()
            bus.rearm()
        }
    }

    /// Calls the handler on the loop with the owner of a name (nil: nobody) once that is known, and whenever it changes. A lost
    /// connection counts as nobody.
    @discardableResult
    public func owners(of name: String, _ handler: @escaping @Sendable (String?) -> Void) -> BusSubscription {
        subscribe { bus, identifier in
            let record = bus.record(of: name)
            record?.handlers[identifier] = handler
            if let record, record.isKnown { handler(record.owner) }
        } cancelled: { bus, identifier in
            bus.names[name]?.handlers[identifier] = nil
        }
    }

    /// Who has the name. Only from the loop.
    public func owner(of name: String) -> String? {
        precondition(loop.isCurrent)
        return names[name]?.owner
    }

    @discardableResult
    private func record(of name: String) -> NameRecord? {
        if let known = names[name] { return known }
        guard !name.utf8.elementsEqual(Self.busName.utf8), name.utf8.first != UInt8(ascii: ":") else { return nil }
        let wanted = BusMatch(
            sender: Self.busName,
            path: "/org/freedesktop/DBus",
            interface: Self.busName,
            member: "NameOwnerChanged",
            firstArgument: name
        )
        guard let rule = wanted.rule else { return nil }
        let match = Match(wanted, rule: rule, self) { [weak self] signal in
            guard signal.arguments.count == 3, let new = signal.arguments[2].text else { return }
            self?.note(owner: new.isEmpty ? nil : new, of: name)
        }
        let record = NameRecord(match)
        names[name] = record
        if state == .connected { beginWatching(name) }
        return record
    }

    /// Asks for changes first and for the owner then, so that no change is missed in between.
    func beginWatching(_ name: String) {
        guard let record = names[name] else { return }
        install(record.match)
        let question = BusCall(
            to: Self.busName,
            path: "/org/freedesktop/DBus",
            interface: Self.busName,
            member: "GetNameOwner",
            [.string(name)]
        )
        call(question) { [weak self] result in
            switch result {
            case .success(let values): self?.note(owner: values.first?.text, of: name)
            case .failure(let error) where error.kind == .remote: self?.note(owner: nil, of: name)
            case .failure: break
            }
        }
    }

    private func note(owner: String?, of name: String) {
        guard let record = names[name] else { return }
        record.owner = owner
        record.announce()
    }

    func install(_ identifier: UInt64) {
        if let match = matches[identifier] { install(match) }
    }

    private func install(_ match: Match) {
        match.removeSlot()
        let context = unsafe Unmanaged.passUnretained(match).toOpaque()
        let result = unsafe sd_bus_add_match_async(handle, &match.slot, match.rule, arrived, installed, context)
        if result < 0 {
            let error = BusError(code: result, doing: "ask the bus for signals")
            log.error("signals cannot be had", ["rule": match.rule, "reason": error.message])
        }
        rearm()
    }

    fileprivate func deliver(_ message: OpaquePointer, to match: Match) {
        let sender = unsafe Self.text(sd_bus_message_get_sender(message))
        guard isGenuine(sender, for: match.wanted.sender) else {
            counts.withLock { $0.forgedSignals += 1 }
            return
        }
        var reader = unsafe MessageReader(message)
        do {
            let signal = BusSignal(
                sender: sender,
                path: unsafe Self.text(sd_bus_message_get_path(message)),
                interface: unsafe Self.text(sd_bus_message_get_interface(message)),
                member: unsafe Self.text(sd_bus_message_get_member(message)),
                arguments: try reader.arguments()
            )
            counts.withLock { $0.signals += 1 }
            match.handler(signal)
        } catch {
            counts.withLock { $0.malformedMessages += 1 }
            log.warning("a signal cannot be read", ["sender": sender, "reason": error.message])
        }
    }

    /// The bus itself writes the sender into every message; only who claims a name has to be looked up.
    private func isGenuine(_ sender: String, for wanted: String) -> Bool {
        let expected = names[wanted].map { $0.owner ?? "" } ?? wanted
        return !expected.isEmpty && sender.utf8.elementsEqual(expected.utf8)
    }

    private static func text(_ lent: UnsafePointer<CChar>?) -> String {
        unsafe lent.map { unsafe String(cString: $0) } ?? ""
    }
}

/// Called by the library with each signal that matches.
private func arrived(
    _ message: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 {
    guard let message = unsafe message, let context = unsafe context else { return 0 }
    let match = unsafe Unmanaged<Match>.fromOpaque(context).takeUnretainedValue()
    unsafe match.bus.deliver(message, to: match)
    // Zero: others may want the same signal.
    return 0
}

/// Called by the library when the bus has taken a match, or refused it.
private func installed(
    _ message: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 {
    guard let message = unsafe message, let context = unsafe context else { return 0 }
    guard unsafe sd_bus_message_is_method_error(message, nil) > 0 else { return 0 }
    let match = unsafe Unmanaged<Match>.fromOpaque(context).takeUnretainedValue()
    match.bus.log.error("the bus refuses to send signals", ["rule": match.rule])
    return 0
}
