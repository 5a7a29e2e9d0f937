internal import CKernel
public import EventLoop
internal import Glibc

/// One process, and never another that gets its number later.
public struct ProcessHandle: ~Copyable, Sendable {
    public let number: Int32
    let descriptor: Int32

    /// Whoever has the number now. Look at what it is *after* this, and signal only then.
    public init(_ number: Int32) throws(ProgramError) {
        descriptor = kernel_process_open(number)
        guard descriptor >= 0 else { throw .failed(call: "pidfd_open", code: errno) }
        self.number = number
    }

    init(number: Int32, descriptor: Int32) {
        self.number = number
        self.descriptor = descriptor
    }

    deinit {
        _ = Glibc.close(descriptor)
    }

    public func signal(_ signal: Int32) throws(ProgramError) {
        guard kernel_process_signal(descriptor, signal) == 0 else {
            throw .failed(call: "pidfd_send_signal", code: errno)
        }
    }

    /// Waits on the calling thread until the process has ended; false when the deadline came first.
    public func waitForEnd(deadline: MonotonicInstant, interruption: Interruption? = nil) -> Bool {
        Interruption.wait(descriptor, for: Int16(POLLIN), until: deadline, unless: interruption) == .ready
    }
}
