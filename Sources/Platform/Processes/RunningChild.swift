// Buffers handed to the C library live as long as the call that uses them.
internal import CKernel
internal import EventLoop
internal import Glibc

/// A child from its start to its end: fed, listened to, and ended when its time is over.
struct RunningChild: ~Copyable {
    private let handle: ProcessHandle
    private var input: Int32
    private var output: Int32
    private var printed: BoundedOutput
    private var fed = 0
    private var reaped: ProgramOutcome.End?

    init(handle: consuming ProcessHandle, input: Int32, output: Int32) {
        self.handle = handle
        self.input = input
        self.output = output
        printed = BoundedOutput(limit: 2)
        for number in [input, output] { _ = kernel_set_nonblocking(number) }
    }

    deinit {
        if input >= 0 { _ = Glibc.close(input) }
        if output >= 0 { _ = Glibc.close(output) }
    }

    consuming func attend(
        _ program: Program,
        _ deadline: MonotonicInstant,
        _ interruption: Interruption?
    ) -> ProgramOutcome {
        printed = BoundedOutput(limit: program.outputBytesMax)
        var verdict: ProgramOutcome.End?
        if !work(program.input, until: deadline, interruption) {
            verdict = interruption?.isInterrupted == true ? .cancelled : .timedOut
            end(SIGTERM)
            if !work([], until: .now + program.grace, nil) { end(SIGKILL) }
            // A process that cannot be killed hangs in the kernel; the pipe is left and so is it.
            _ = work([], until: .now + .seconds(5), nil)
        }
        // What the program left behind in its session goes with it, and lets go of the pipe.
        end(SIGKILL)
        drain(until: .now + .milliseconds(500))
        return ProgramOutcome(end: verdict ?? reaped ?? .killed(signal: SIGKILL), output: printed)
    }

    private func end(_ signal: Int32) {
        _ = kill(-handle.number, signal)
        // Before it had its own group nobody else is in it; afterwards the group's number cannot go to another while it lives.
        if reaped == nil { try? handle.signal(signal) }
    }

    /// Reads and feeds until the process has ended; false when the deadline or the interruption came first.
    private mutating func work(
        _ bytes: [UInt8],
        until deadline: MonotonicInstant,
        _ interruption: Interruption?
    ) -> Bool {
        while reaped == nil {
            if fed >= bytes.count, input >= 0 {
                _ = Glibc.close(input)
                input = -1
            }
            let rest = (deadline - .now).wholeNanoseconds
            guard rest > 0, interruption?.isInterrupted != true else { return false }
            var wanted = [
                pollfd(fd: handle.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: interruption?.readable ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            _ = unsafe poll(&wanted, nfds_t(wanted.count), Int32(clamping: (rest + 999_999) / 1_000_000))
            if wanted[1].revents != 0 { _ = readOnce() }
            if wanted[2].revents != 0 { feed(bytes) }
            if wanted[0].revents != 0 { reap() }
        }
        return true
    }

    private mutating func reap() {
        var (exited, code) = (false, Int32(0))
        switch unsafe kernel_process_reap(handle.descriptor, &exited, &code) {
        case 0: return
        case 1: reaped = exited ? .exited(code) : .killed(signal: code)
        // Somebody else has waited for it: how it ended is lost.
        default: reaped = .killed(signal: 0)
        }
    }

    private mutating func feed(_ bytes: [UInt8]) {
        let count = unsafe bytes.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[fed...])
            return unsafe kernel_write(input, rest.baseAddress, rest.count)
        }
        if count > 0 {
            fed += count
        } else if errno != EAGAIN, errno != EINTR {
            // It does not want to read.
            fed = Int.max
        }
    }

    /// False at the end of its output.
    private mutating func readOnce() -> Bool {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
            let received = unsafe read(output, buffer.baseAddress, buffer.count)
            failure = received < 0 ? errno : 0
            count = max(received, 0)
        }
        if bytes.isEmpty {
            guard failure != EAGAIN, failure != EINTR else { return true }
            _ = Glibc.close(output)
            output = -1
            return false
        }
        printed.append(bytes)
        return true
    }

    private mutating func drain(until deadline: MonotonicInstant) {
        while output >= 0, Interruption.wait(output, for: Int16(POLLIN), until: deadline) == .ready {
            if !readOnce() { return }
        }
    }
}
