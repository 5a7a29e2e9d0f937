// The array of pollfd lives as long as the call that fills it.
internal import CLinux
internal import Glibc

/// Ends waits on other threads from outside: a cancelled task ends what blocks on its behalf.
public final class Interruption: Sendable {
    public enum Awaited: Sendable, Hashable {
        case ready
        case timedOut
        case interrupted
    }

    // Readable once the interruption has come; -1 where the kernel had none to give, and then waits end at their deadlines alone.
    let descriptor: Int32

    /// For waits on several descriptors at once: readable once the interruption has come.
    public var readable: Int32 { descriptor }

    public init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    }

    deinit {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    /// Ends all waits, now and later.
    public func interrupt() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    public var isInterrupted: Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard descriptor >= 0 else { return false }
        return unsafe poll(&wanted, 1, 0) > 0
    }

    /// Waits on the calling thread until the descriptor is ready, the deadline has passed, or the interruption comes.
    /// With no descriptor (-1) it only lets time pass.
    public static func wait(
        _ number: Int32,
        for events: Int16,
        until deadline: MonotonicInstant,
        unless interruption: Interruption? = nil
    ) -> Awaited {
        while true {
            let rest = (deadline - .now).wholeNanoseconds
            let patience = Int32(clamping: rest <= 0 ? 0 : (rest + 999_999) / 1_000_000)
            var wanted = [
                pollfd(fd: number, events: events, revents: 0),
                pollfd(fd: interruption?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            let count = unsafe poll(&wanted, nfds_t(wanted.count), patience)
            if wanted[1].revents != 0 { return .interrupted }
            if wanted[0].revents != 0 { return .ready }
            if count == 0, deadline <= .now { return .timedOut }
        }
    }
}

/// Does blocking work that an interruption can end: when the task is cancelled, the interruption comes.
public func offload<Value: Sendable>(
    interruptible work: @escaping @Sendable (Interruption) throws -> Value
) async throws -> Value {
    let interruption = Interruption()
    return try await withTaskCancellationHandler {
        try await offload { try work(interruption) }
    } onCancel: {
        interruption.interrupt()
    }
}
