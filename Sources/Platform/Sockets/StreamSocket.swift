// Buffers handed to the C library live as long as the call that uses them.
public import EventLoop
internal import Glibc

/// Where a stream leads.
public enum SocketPlace: Hashable, Sendable {
    case network(host: String, port: Int)
    case unix(path: String)
}

/// A connection that is read and written on the calling thread, each call with its deadline.
///
/// It blocks: for threads that may, never for a loop.
public struct StreamSocket: ~Copyable, Sendable {
    private let number: Int32
    private let interruption: Interruption?

    /// Connects; the first address that accepts is taken. Finding the addresses of a name is bounded by the resolver's own patience.
    public init(
        to place: SocketPlace,
        deadline: MonotonicInstant,
        interruption: Interruption? = nil
    ) throws(SocketError) {
        switch place {
        case .unix(let path): number = try Self.connect(unix: path, deadline, interruption)
        case .network(let host, let port): number = try Self.connect(host, port, deadline, interruption)
        }
        self.interruption = interruption
    }

    deinit {
        _ = Glibc.close(number)
    }

    /// Sends everything.
    public func write(_ bytes: [UInt8], deadline: MonotonicInstant) throws(SocketError) {
        var sent = 0
        while sent < bytes.count {
            let (count, code) = unsafe bytes.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
                let count = unsafe send(number, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                return (count, errno)
            }
            if count >= 0 {
                sent += count
            } else if code == EAGAIN {
                try Self.wait(number, for: POLLOUT, deadline, interruption)
            } else if code != EINTR {
                throw code == EPIPE || code == ECONNRESET ? .closed : .failed(call: "send", code: code)
            }
        }
    }

    /// What has arrived, waiting for at least one byte. Throws `closed` at the end.
    public func read(deadline: MonotonicInstant) throws(SocketError) -> [UInt8] {
        while true {
            var code: Int32 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
                let received = unsafe recv(number, buffer.baseAddress, buffer.count, 0)
                code = received < 0 ? errno : 0
                count = max(received, 0)
            }
            if !bytes.isEmpty { return bytes }
            switch code {
            case 0, ECONNRESET: throw .closed
            case EAGAIN: try Self.wait(number, for: POLLIN, deadline, interruption)
            case EINTR: continue
            default: throw .failed(call: "recv", code: code)
            }
        }
    }

    private static func wait(
        _ number: Int32,
        for events: Int32,
        _ deadline: MonotonicInstant,
        _ interruption: Interruption?
    ) throws(SocketError) {
        switch Interruption.wait(number, for: Int16(events), until: deadline, unless: interruption) {
        case .ready: return
        case .timedOut: throw .timedOut
        case .interrupted: throw .cancelled
        }
    }

    // MARK: Connecting

    private static func connect(
        unix path: String,
        _ deadline: MonotonicInstant,
        _ interruption: Interruption?
    ) throws(SocketError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room, !bytes.contains(0) else { throw .pathTooLong }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return try unsafe withUnsafeBytes(of: &address) { bytes throws(SocketError) in
            try unsafe connect(AF_UNIX, bytes, deadline, interruption)
        }
    }

    private static func connect(
        _ host: String,
        _ port: Int,
        _ deadline: MonotonicInstant,
        _ interruption: Interruption?
    ) throws(SocketError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw .unresolved(host: host, reason: unsafe String(cString: gai_strerror(code)))
        }
        defer { unsafe freeaddrinfo(list) }
        var failure = SocketError.unresolved(host: host, reason: "no address")
        var next = unsafe list
        while let entry = unsafe next {
            let address = unsafe UnsafeRawBufferPointer(
                start: entry.pointee.ai_addr,
                count: Int(entry.pointee.ai_addrlen)
            )
            do throws(SocketError) {
                return try unsafe connect(entry.pointee.ai_family, address, deadline, interruption)
            } catch {
                failure = error
                if error == .timedOut || error == .cancelled { break }
            }
            unsafe next = entry.pointee.ai_next
        }
        throw failure
    }

    private static func connect(
        _ family: Int32,
        _ address: UnsafeRawBufferPointer,
        _ deadline: MonotonicInstant,
        _ interruption: Interruption?
    ) throws(SocketError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let number = socket(family, kind, 0)
        guard number >= 0 else { throw .failed(call: "socket", code: errno) }
        do throws(SocketError) {
            let result = unsafe Glibc.connect(
                number,
                address.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(address.count)
            )
            let code = errno
            if result != 0 {
                guard code == EINPROGRESS || code == EAGAIN else { throw .failed(call: "connect", code: code) }
                try wait(number, for: POLLOUT, deadline, interruption)
                var (outcome, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
                _ = unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &outcome, &size)
                guard outcome == 0 else { throw .failed(call: "connect", code: outcome) }
            }
            return number
        } catch {
            _ = Glibc.close(number)
            throw error
        }
    }
}
