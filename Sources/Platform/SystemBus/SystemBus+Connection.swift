internal import CSystemd
internal import EventLoop
internal import Glibc
internal import Logging
internal import Synchronization

// The connection itself: made, served whenever its descriptor or its clock asks for it, dropped, made again.
extension SystemBus {
    func connect() {
        precondition(loop.isCurrent)
        guard isWanted, unsafe handle == nil else { return }
        change(to: .connecting)
        var fresh: OpaquePointer?
        var result = unsafe sd_bus_new(&fresh)
        if result >= 0 { result = unsafe sd_bus_set_address(fresh, address) }
        if result >= 0 { result = unsafe sd_bus_set_bus_client(fresh, 1) }
        if result >= 0 { result = unsafe sd_bus_negotiate_fds(fresh, 1) }
        if result >= 0 { result = unsafe sd_bus_start(fresh) }
        guard result >= 0, let fresh = unsafe fresh else {
            unsafe sd_bus_unref(fresh)
            lose(BusError(code: result, doing: "connect to the bus at \(address)"))
            return
        }
        unsafe handle = fresh
        patience = loop.after(Self.connectPatience) { [self] in
            guard state == .connecting else { return }
            lose(BusError(.disconnected, message: "the bus at \(address) accepts connections but does not answer"))
        }
        serve()
    }

    /// Takes from the connection what has arrived, bounded, and arranges to be called again.
    func serve() {
        guard let bus = unsafe handle, !isProcessing else { return }
        isProcessing = true
        var result: Int32 = 1
        var count = 0
        while result > 0 && count < Self.messagesPerTurn && isWanted {
            result = unsafe sd_bus_process(bus, nil)
            count += 1
            if case .connecting = state, result >= 0, unsafe sd_bus_is_ready(bus) > 0 { becomeConnected() }
        }
        isProcessing = false
        guard isWanted else {
            dropConnection(because: BusError(.disconnected, message: "the connection to the bus was closed"))
            return
        }
        guard result >= 0, unsafe sd_bus_is_open(bus) > 0 else {
            // The library reports the end of a connection as "not connected" however it came about.
            lose(BusError(code: result < 0 ? result : ECONNRESET, doing: "talk to the bus"))
            return
        }
        if result > 0 { loop.submit { [self] in serve() } }
        rearm()
    }

    /// Watches for what the connection waits for. Called after everything that may have changed that.
    func rearm() {
        guard let bus = unsafe handle, !isProcessing else { return }
        let descriptor = unsafe sd_bus_get_fd(bus)
        let events = unsafe sd_bus_get_events(bus)
        guard descriptor >= 0, events >= 0 else {
            lose(BusError(code: Swift.min(descriptor, events), doing: "talk to the bus"))
            return
        }
        var interest: Interest = []
        if events & POLLIN != 0 { interest.insert(.read) }
        if events & POLLOUT != 0 { interest.insert(.write) }
        do {
            try watch(descriptor, for: interest)
        } catch {
            lose(BusError(.disconnected, message: "cannot watch the connection to the bus: \(error)"))
            return
        }
        var deadline: UInt64 = .max
        _ = unsafe sd_bus_get_timeout(bus, &deadline)
        wake(at: deadline)
    }

    private func watch(_ descriptor: Int32, for interest: Interest) throws(EventLoopError) {
        if descriptor != watchedDescriptor {
            watch?.cancel()
            watch = try loop.watch(descriptor, for: interest) { [self] _ in serve() }
            watchedDescriptor = descriptor
        } else if interest != watchedFor {
            try watch?.change(to: interest)
        }
        watchedFor = interest
    }

    /// Wakes at a moment of the monotonic clock, in microseconds. A timer that is already set for an earlier moment is enough: it
    /// looks again.
    private func wake(at deadline: UInt64) {
        guard deadline != .max, wakeUp.map({ deadline < $0.deadline }) ?? true else { return }
        wakeUp?.token.cancel()
        let nanoseconds = Int64(clamping: deadline).multipliedReportingOverflow(by: 1_000)
        let moment = MonotonicInstant(nanoseconds: nanoseconds.overflow ? .max : nanoseconds.partialValue)
        let token = loop.at(moment) { [self] in
            wakeUp = nil
            serve()
        }
        wakeUp = (deadline, token)
    }

    private func becomeConnected() {
        patience?.cancel()
        patience = nil
        pause = Self.firstPause
        counts.withLock { $0.connections += 1 }
        log.debug("connected to the bus", ["address": address])
        // Names first: their owners are known before the first signal that is checked against them.
        for name in names.keys.sorted() { beginWatching(name) }
        for identifier in matches.keys.sorted() { install(identifier) }
        change(to: .connected)
        for identifier in pending.keys.sorted() where pending[identifier]?.isSent == false { send(identifier) }
    }

    /// The connection is gone or did not come about: everybody is told, and it is tried again later.
    func lose(_ error: BusError) {
        let wasConnected = state == .connected
        dropConnection(because: error)
        guard isWanted else { return }
        if wasConnected || pause == Self.firstPause {
            log.warning("no connection to the bus; trying again", ["reason": error.message])
        }
        loop.after(pause) { [self] in connect() }
        pause = Swift.min(pause * 2, Self.longestPause)
    }

    func dropConnection(because error: BusError) {
        precondition(loop.isCurrent)
        // Within a callback of the library its objects must stay; `serve` comes back here.
        guard !isProcessing else { return }
        watch?.cancel()
        watch = nil
        watchedDescriptor = -1
        wakeUp?.token.cancel()
        wakeUp = nil
        patience?.cancel()
        patience = nil
        for match in matches.values { match.removeSlot() }
        for name in names.values { name.forget() }
        let calls = pending.sorted { $0.key < $1.key }.map(\.value)
        pending = [:]
        for call in calls { call.removeSlot() }
        if unsafe handle != nil {
            unsafe sd_bus_close(handle)
            unsafe sd_bus_unref(handle)
            unsafe handle = nil
        }
        change(to: .disconnected(error.message))
        for call in calls { call.reply(.failure(error)) }
        for name in names.values { name.announce() }
    }
}
