internal import CSystemd
internal import EventLoop
internal import Synchronization

/// A call that waits for its answer. Lives in the bus's table until it has one.
///
/// The library's slot holds the bus's only way to the callback; it is freed with the call.
@safe final class PendingCall {
    let identifier: UInt64
    let call: BusCall
    let reply: @Sendable (Result<[BusValue], BusError>) -> Void
    unowned let bus: SystemBus
    var slot: OpaquePointer?
    var isSent = false

    init(
        _ identifier: UInt64,
        _ call: BusCall,
        _ bus: SystemBus,
        _ reply: @escaping @Sendable (Result<[BusValue], BusError>) -> Void
    ) {
        self.identifier = identifier
        self.call = call
        self.bus = bus
        self.reply = reply
    }

    func removeSlot() {
        unsafe sd_bus_slot_unref(slot)
        unsafe slot = nil
    }
}

extension SystemBus {
    /// Calls a method; the answer comes on the loop, exactly once. From any thread.
    ///
    /// While the connection is being made the call waits for it; when there is none it fails at once.
    @discardableResult
    public func call(
        _ call: BusCall,
        reply: @escaping @Sendable (Result<[BusValue], BusError>) -> Void
    ) -> BusSubscription {
        subscribe { bus, identifier in
            bus.begin(identifier, call, reply)
        } cancelled: { bus, identifier in
            bus.finish(identifier, .failure(BusError(.cancelled, message: "the call was given up")))
        } beforehand: {
            reply(.failure(BusError(.cancelled, message: "the call was given up before it began")))
        }
    }

    /// Calls a method and waits for the answer. Cancelling the task gives the answer up, not the deed.
    public func call(_ call: BusCall) async throws(BusError) -> [BusValue] {
        let cancellation = Cancellation()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                cancellation.subscription = self.call(call) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }

    private func begin(
        _ identifier: UInt64,
        _ call: BusCall,
        _ reply: @escaping @Sendable (Result<[BusValue], BusError>) -> Void
    ) {
        if case .disconnected(let reason) = state {
            reply(.failure(BusError(.disconnected, message: "no connection to the bus: \(reason)")))
            return
        }
        guard pending.count < Self.callsMax else {
            reply(.failure(BusError(.overloaded, message: "\(Self.callsMax) calls are waiting for their answers")))
            return
        }
        counts.withLock { $0.calls += 1 }
        pending[identifier] = PendingCall(identifier, call, self, reply)
        if state == .connected { send(identifier) }
    }

    func send(_ identifier: UInt64) {
        guard let pendingCall = pending[identifier] else { return }
        do {
            try transmit(pendingCall)
            rearm()
        } catch {
            finish(identifier, .failure(error))
        }
    }

    private func transmit(_ pendingCall: PendingCall) throws(BusError) {
        let call = pendingCall.call
        var made: OpaquePointer?
        let result = unsafe sd_bus_message_new_method_call(
            handle,
            &made,
            call.destination,
            call.path,
            call.interface,
            call.member
        )
        defer { unsafe sd_bus_message_unref(made) }
        guard result >= 0, let message = unsafe made else {
            throw BusError(.invalidArgument, code: result, doing: "call \(call.interface).\(call.member)")
        }
        let writer = unsafe MessageWriter(message)
        for argument in call.arguments { try writer.append(argument) }
        let microseconds = UInt64(Swift.max(1, call.timeout.wholeNanoseconds / 1_000))
        let context = unsafe Unmanaged.passUnretained(pendingCall).toOpaque()
        let sent = unsafe sd_bus_call_async(handle, &pendingCall.slot, message, answered, context, microseconds)
        guard sent >= 0 else { throw BusError(code: sent, doing: "send to the bus") }
        pendingCall.isSent = true
    }

    func finish(_ identifier: UInt64, _ result: Result<[BusValue], BusError>) {
        guard let pendingCall = pending.removeValue(forKey: identifier) else { return }
        pendingCall.removeSlot()
        pendingCall.reply(result)
    }

    fileprivate func answer(_ identifier: UInt64, _ message: OpaquePointer) {
        let result = unsafe read(message)
        switch result {
        case .failure(let error) where error.kind == .timeout: counts.withLock { $0.timeouts += 1 }
        case .failure(let error) where error.kind == .malformed: counts.withLock { $0.malformedMessages += 1 }
        default: break
        }
        finish(identifier, result)
    }

    private func read(_ message: OpaquePointer) -> Result<[BusValue], BusError> {
        if let error = unsafe sd_bus_message_get_error(message) {
            let name = unsafe error.pointee.name.map { unsafe String(cString: $0) } ?? ""
            let text = unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? ""
            return .failure(BusError(Self.kind(of: name, text), name: name, message: text.isEmpty ? name : text))
        }
        var reader = unsafe MessageReader(message)
        do {
            return .success(try reader.arguments())
        } catch {
            return .failure(error)
        }
    }

    /// The library answers by itself when time is up or the connection ends, under the names that the bus uses too.
    private static func kind(of name: String, _ text: String) -> BusError.Kind {
        switch name {
        case "org.freedesktop.DBus.Error.Timeout", "org.freedesktop.DBus.Error.TimedOut": .timeout
        case "org.freedesktop.DBus.Error.NoReply": text == "Method call timed out" ? .timeout : .disconnected
        case "org.freedesktop.DBus.Error.Disconnected": .disconnected
        default: .remote
        }
    }
}

/// Called by the library with the answer to a call, an error in its place, or when time is up.
private func answered(
    _ message: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _: UnsafeMutablePointer<sd_bus_error>?
) -> Int32 {
    guard let message = unsafe message, let context = unsafe context else { return 0 }
    let pendingCall = unsafe Unmanaged<PendingCall>.fromOpaque(context).takeUnretainedValue()
    unsafe pendingCall.bus.answer(pendingCall.identifier, message)
    return 0
}

/// Ties a task that may be cancelled at any time to a call that is about to begin.
private final class Cancellation: Sendable {
    private struct Progress {
        var subscription: BusSubscription?
        var isCancelled = false
    }

    private let progress = Mutex(Progress())

    var subscription: BusSubscription? {
        get { progress.withLock { $0.subscription } }
        set {
            let isCancelled = progress.withLock { progress in
                progress.subscription = newValue
                return progress.isCancelled
            }
            if isCancelled { newValue?.cancel() }
        }
    }

    func cancel() {
        let subscription = progress.withLock { progress in
            progress.isCancelled = true
            return progress.subscription
        }
        subscription?.cancel()
    }
}
