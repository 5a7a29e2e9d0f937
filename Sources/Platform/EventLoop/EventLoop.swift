internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread that waits for descriptors, timers and work handed to it, and does one thing at a time.
///
/// What lives on a loop needs no locks: everything it does happens on the loop's thread. An idle loop sleeps in the kernel and
/// wakes only for something to do.
///
/// Unchecked: `state` is touched only on the loop's thread (each entry checks), everything else is a lock or a constant. Pointers
/// that are handed to the kernel live as long as the call.
public final class EventLoop: @unchecked Sendable {
    public let name: String
    private let poll: Int32
    private let bell: Int32
    private let mailbox = Mutex(Mailbox())
    private let thread = Mutex<pthread_t?>(nil)
    private let state = LoopState()

    private struct Mailbox {
        var work: [@Sendable () -> Void] = []
        var isStopping = false
        var isRung = false
    }

    public init(named name: String) throws(EventLoopError) {
        let poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard poll >= 0 else { throw EventLoopError("epoll_create1") }
        let bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard bell >= 0 else {
            let error = EventLoopError("eventfd")
            close(poll)
            throw error
        }
        guard medic_epoll_control(poll, EPOLL_CTL_ADD, bell, Interest.read.events, bellIdentifier) == 0 else {
            let error = EventLoopError("epoll_ctl")
            close(bell)
            close(poll)
            throw error
        }
        self.name = name
        self.poll = poll
        self.bell = bell
    }

    deinit {
        close(bell)
        close(poll)
    }

    /// Starts the thread. A loop that was stopped does not start again.
    public func start() {
        thread.withLock { thread in
            guard thread == nil else { return }
            let retained = unsafe Unmanaged.passRetained(self).toOpaque()
            var identity = pthread_t()
            let status = unsafe pthread_create(
                &identity,
                nil,
                { pointer in
                    if let pointer = unsafe pointer {
                        unsafe Unmanaged<EventLoop>.fromOpaque(pointer).takeRetainedValue().run()
                    }
                    return nil
                },
                retained
            )
            if status == 0 {
                thread = identity
            } else {
                unsafe Unmanaged<EventLoop>.fromOpaque(retained).release()
            }
        }
    }

    /// Finishes what has been submitted, ends the thread and waits for its end. From the loop's own thread it only asks for the end.
    public func stop() {
        mailbox.withLock { $0.isStopping = true }
        ring()
        guard !isCurrent else { return }
        let identity = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let identity { pthread_join(identity, nil) }
    }

    /// Whether this is the loop's own thread.
    public var isCurrent: Bool {
        state.identity.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Does the work on the loop, after everything submitted before it. From any thread. After `stop` it is dropped.
    public func submit(_ work: @escaping @Sendable () -> Void) {
        let mustRing = mailbox.withLock { mailbox in
            mailbox.work.append(work)
            defer { mailbox.isRung = true }
            return !mailbox.isRung
        }
        if mustRing { ring() }
    }

    /// Does the work on the loop and answers with its result.
    public func perform<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            submit { continuation.resume(returning: work()) }
        }
    }

    private func ring() {
        // The counter of an event descriptor cannot overflow by ones; a full one wakes the loop as well.
        _ = eventfd_write(bell, 1)
    }

    private func run() {
        state.identity.store(UInt(pthread_self()), ordering: .relaxed)
        // The kernel keeps 15 bytes of a thread's name.
        _ = unsafe pthread_setname_np(pthread_self(), String(decoding: name.utf8.prefix(15), as: UTF8.self))
        while turn() {}
        state.dropEverything()
    }

    /// One turn: waits, then timers, descriptors and submitted work. False when the loop is to end.
    private func turn() -> Bool {
        let ready = wait()
        state.fireTimers(due: .now)
        for place in 0..<ready {
            let ready = state.ready[place]
            if ready.identifier == bellIdentifier {
                var count: eventfd_t = 0
                _ = unsafe eventfd_read(bell, &count)
            } else {
                state.watches[ready.identifier]?.body(Interest(events: ready.events))
            }
        }
        let (work, isStopping) = mailbox.withLock { mailbox in
            mailbox.isRung = false
            defer { mailbox.work.removeAll(keepingCapacity: mailbox.work.count < 64) }
            return (mailbox.work, mailbox.isStopping)
        }
        for item in work { item() }
        return !isStopping
    }

    private func wait() -> Int {
        let patience = state.timers.first.map { Swift.max(0, ($0 - .now).wholeNanoseconds) }
        let count = unsafe medic_epoll_wait(poll, &state.ready, Int32(state.ready.count), patience ?? -1)
        // Interrupted by a signal: nothing is ready, the next turn waits again.
        return Swift.max(0, Int(count))
    }
}

/// Tells the loop's own bell from what is watched.
private let bellIdentifier: UInt64 = 0

extension EventLoop {
    /// Does the body after the delay, on this loop. Only from the loop's own thread.
    @discardableResult
    public func after(_ delay: Duration, _ body: @escaping @Sendable () -> Void) -> TimerToken {
        at(.now + delay, body)
    }

    /// Does the body at the deadline or as soon as possible after it, on this loop. Only from the loop's own thread.
    @discardableResult
    public func at(_ deadline: MonotonicInstant, _ body: @escaping @Sendable () -> Void) -> TimerToken {
        precondition(isCurrent, "timers are set on the loop's own thread")
        return TimerToken(loop: self, identifier: state.timers.add(deadline, body))
    }

    /// Calls the body whenever the descriptor is ready for one of the events, or is in error. Only from the loop's own thread.
    ///
    /// The descriptor stays the caller's: cancel before closing it.
    public func watch(
        _ descriptor: Int32,
        for interest: Interest,
        _ body: @escaping @Sendable (Interest) -> Void
    ) throws(EventLoopError) -> WatchToken {
        precondition(isCurrent, "descriptors are watched on the loop's own thread")
        let identifier = state.nextIdentifier()
        guard medic_epoll_control(poll, EPOLL_CTL_ADD, descriptor, interest.events, identifier) == 0 else {
            throw EventLoopError("epoll_ctl")
        }
        state.watches[identifier] = LoopState.Watch(descriptor: descriptor, body: body)
        return WatchToken(loop: self, identifier: identifier)
    }

    func cancelTimer(_ identifier: UInt64) {
        precondition(isCurrent, "timers are cancelled on the loop's own thread")
        state.timers.remove(identifier)
    }

    func change(_ identifier: UInt64, to interest: Interest) throws(EventLoopError) {
        precondition(isCurrent, "watches are changed on the loop's own thread")
        guard let watch = state.watches[identifier] else { return }
        guard medic_epoll_control(poll, EPOLL_CTL_MOD, watch.descriptor, interest.events, identifier) == 0 else {
            throw EventLoopError("epoll_ctl")
        }
    }

    func cancelWatch(_ identifier: UInt64) {
        precondition(isCurrent, "watches are cancelled on the loop's own thread")
        guard let watch = state.watches.removeValue(forKey: identifier) else { return }
        // A descriptor that was closed already has left the set by itself.
        _ = medic_epoll_control(poll, EPOLL_CTL_DEL, watch.descriptor, 0, identifier)
    }
}

/// What belongs to the loop's thread alone.
private final class LoopState {
    struct Watch {
        let descriptor: Int32
        let body: @Sendable (Interest) -> Void
    }

    /// The thread that runs the loop; zero before there is one.
    let identity = Atomic<UInt>(0)
    var timers = TimerQueue()
    var watches: [UInt64: Watch] = [:]
    /// How many descriptors one turn serves; the others come in the next.
    var ready = [medic_ready](repeating: medic_ready(identifier: 0, events: 0), count: 128)
    private var lastIdentifier: UInt64 = 0

    func nextIdentifier() -> UInt64 {
        lastIdentifier += 1
        return lastIdentifier
    }

    func fireTimers(due now: MonotonicInstant) {
        while let body = timers.removeFirst(due: now) { body() }
    }

    /// Bodies may hold the owners of the loop: without this neither would ever be freed.
    func dropEverything() {
        timers = TimerQueue()
        watches = [:]
    }
}
