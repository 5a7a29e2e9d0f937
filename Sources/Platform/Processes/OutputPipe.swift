// Buffers handed to the C library live as long as the call that uses them.
internal import CKernel
public import EventLoop
internal import Glibc
internal import Synchronization

/// A pipe into which somebody else's program prints, kept up to a bound.
public final class OutputPipe: Sendable {
    private let reader: Int32
    private let limit: Int
    private let open: Mutex<Int32>

    public init(limit: Int) throws(ProgramError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe kernel_pipe(&ends) == 0 else { throw .failed(call: "pipe2", code: errno) }
        reader = ends[0]
        self.limit = limit
        open = Mutex(ends[1])
        _ = kernel_set_nonblocking(reader)
    }

    deinit {
        closeWriter()
        _ = Glibc.close(reader)
    }

    /// The writing end, to be handed on before `closeWriter`.
    public var writer: Int32 { open.withLock { $0 } }

    /// Lets go of the writing end, so that the reading end can come to its end.
    public func closeWriter() {
        let number = open.withLock { number in
            defer { number = -1 }
            return number
        }
        if number >= 0 { _ = Glibc.close(number) }
    }

    /// Reads until nobody can write any more, or until the interruption; what was written before that is read in any case. Blocking.
    public func read(until interruption: Interruption) -> BoundedOutput {
        var output = BoundedOutput(limit: limit)
        while true {
            let awaited = Interruption.wait(
                reader,
                for: Int16(POLLIN),
                until: .now + .seconds(3_600),
                unless: interruption
            )
            while case .bytes(let bytes) = readOnce() { output.append(bytes) }
            if awaited != .ready || hasEnded { return output }
        }
    }

    private enum Portion {
        case bytes([UInt8])
        case nothing
    }

    /// Nobody can write any more.
    private var hasEnded: Bool {
        var wanted = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&wanted, 1, 0) > 0 else { return false }
        return Int32(wanted.revents) & POLLIN == 0
    }

    private func readOnce() -> Portion {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
            count = max(unsafe Glibc.read(reader, buffer.baseAddress, buffer.count), 0)
        }
        return bytes.isEmpty ? .nothing : .bytes(bytes)
    }
}
