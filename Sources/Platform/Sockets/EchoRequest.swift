// Buffers handed to the C library live as long as the call that uses them.
public import EventLoop
internal import Glibc

/// Why there was no echo.
public enum EchoError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Neither is the process's group among those that may ping, nor has it the capability.
    case notPermitted
    case timedOut
    case failed(SocketError)

    public var description: String {
        switch self {
        case .notPermitted:
            "this process may not ping: let its group by the kernel's setting net.ipv4.ping_group_range, or give it the capability CAP_NET_RAW"
        case .timedOut: "no answer in time"
        case .failed(let error): error.description
        }
    }
}

/// What came back.
public struct Echo: Hashable, Sendable {
    public let roundTrip: Duration
    /// How many more hops the answer might have gone; nil where the kernel does not say.
    public let hopLimit: Int?
}

/// One echo request of ICMP, sent without blocking: by a socket for pings, which needs no privilege where the system lets groups ping, or by
/// a raw one, which needs a capability.
///
/// Unchecked: confined to the loop.
public final class EchoRequest: @unchecked Sendable {
    public typealias Completion = @Sendable (Result<Echo, EchoError>) -> Void
    /// An answer is known by so many random bytes.
    public static let payloadMin = 8
    private static let headerSize = 8

    private let loop: EventLoop
    private let address: HostAddress
    private let token = (0..<EchoRequest.payloadMin).map { _ in UInt8.random(in: 0...255) }
    private let payload: Int
    private var completion: Completion?
    private var descriptor: Int32 = -1
    private var isRaw = false
    private var watch: WatchToken?
    private var timer: TimerToken?
    private var began = MonotonicInstant.now
    // What is watched holds the request as long as it lasts.
    private var itself: EchoRequest?

    /// Sends a request with so many bytes and tells what came of it. On the loop.
    public static func send(
        to address: HostAddress,
        payload: Int = 32,
        timeout: Duration,
        on loop: EventLoop,
        then completion: @escaping Completion
    ) {
        precondition(loop.isCurrent, "echoes are asked for on the loop")
        EchoRequest(to: address, payload, loop, completion).start(timeout)
    }

    private init(to address: HostAddress, _ payload: Int, _ loop: EventLoop, _ completion: @escaping Completion) {
        self.address = address
        self.payload = max(payload, Self.payloadMin)
        self.loop = loop
        self.completion = completion
    }

    private func start(_ timeout: Duration) {
        itself = self
        timer = loop.after(timeout) { [weak self] in self?.finish(.failure(.timedOut)) }
        do throws(EchoError) {
            try open()
            try connect()
            watch = try watching()
            began = .now
            try send()
        } catch {
            finish(.failure(error))
        }
    }

    // MARK: The socket

    private func open() throws(EchoError) {
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let version = address.isIPv6 ? Int32(IPPROTO_ICMPV6) : Int32(IPPROTO_ICMP)
        let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(family, Int32(SOCK_DGRAM.rawValue) | flags, version)
        if descriptor < 0, [EACCES, EPERM, EPROTONOSUPPORT].contains(errno) {
            isRaw = true
            descriptor = socket(family, Int32(SOCK_RAW.rawValue) | flags, version)
        }
        if descriptor < 0 {
            throw [EACCES, EPERM, EPROTONOSUPPORT].contains(errno) ? .notPermitted : Self.failure("socket")
        }
        var on: Int32 = 1
        let (level, option) =
            address.isIPv6 ? (Int32(IPPROTO_IPV6), IPV6_RECVHOPLIMIT) : (Int32(IPPROTO_IP), IP_RECVTTL)
        // Without it the limit is not known, and the rest is.
        _ = unsafe setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// A socket that is connected takes answers of this address only, and learns that it cannot be reached.
    private func connect() throws(EchoError) {
        let status = unsafe address.bytes.withUnsafeBytes { bytes in
            unsafe Glibc.connect(
                descriptor,
                bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count)
            )
        }
        guard status == 0 else { throw Self.failure("connect") }
    }

    private func watching() throws(EchoError) -> WatchToken {
        do throws(EventLoopError) {
            return try loop.watch(descriptor, for: .read) { [weak self] _ in self?.receive() }
        } catch {
            throw Self.failure("epoll")
        }
    }

    private static func failure(_ call: String) -> EchoError { .failed(.failed(call: call, code: errno)) }

    // MARK: Request and answer

    private func send() throws(EchoError) {
        // Type and code, the sum, an identifier and a number (RFC 792, RFC 4443); a socket for pings puts in an identifier of its own.
        var packet: [UInt8] = [address.isIPv6 ? 128 : 8, 0, 0, 0, token[0], token[1], 0, 1] + token
        packet += (token.count..<payload).map { UInt8(truncatingIfNeeded: $0) }
        if !address.isIPv6 {
            let sum = Self.checksum(packet)
            (packet[2], packet[3]) = (UInt8(sum >> 8), UInt8(sum & 255))
        }
        let sent = unsafe packet.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == packet.count else { throw Self.failure("send") }
    }

    /// The complement of the sum of all pairs of bytes (RFC 1071).
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for place in stride(from: 0, to: bytes.count, by: 2) {
            sum &+= UInt32(bytes[place]) << 8 | (place + 1 < bytes.count ? UInt32(bytes[place + 1]) : 0)
        }
        while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
        return ~UInt16(sum)
    }

    private func receive() {
        var packet = [UInt8](repeating: 0, count: 2_048)
        var control = [UInt8](repeating: 0, count: 128)
        let count = unsafe packet.withUnsafeMutableBytes { packet in
            unsafe control.withUnsafeMutableBytes { control in
                var part = unsafe iovec(iov_base: packet.baseAddress, iov_len: packet.count)
                return unsafe withUnsafeMutablePointer(to: &part) { part in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = part
                    unsafe message.msg_iovlen = 1
                    unsafe message.msg_control = control.baseAddress
                    unsafe message.msg_controllen = control.count
                    return unsafe recvmsg(descriptor, &message, 0)
                }
            }
        }
        guard count >= 0 else {
            if errno != EAGAIN, errno != EINTR { finish(.failure(Self.failure("recv"))) }
            return
        }
        guard isAnswer(packet[..<count]) else { return }
        finish(.success(Echo(roundTrip: .now - began, hopLimit: Self.hopLimit(control))))
    }

    /// A raw socket hears of every answer to anybody on this host.
    private func isAnswer(_ bytes: ArraySlice<UInt8>) -> Bool {
        var bytes = bytes
        if isRaw, !address.isIPv6, let first = bytes.first { bytes = bytes.dropFirst(Int(first & 15) * 4) }
        return bytes.first == (address.isIPv6 ? 129 : 0)
            && bytes.dropFirst(Self.headerSize).prefix(token.count).elementsEqual(token)
    }

    /// The one message beside the data: its length, level and kind, and a number.
    private static func hopLimit(_ control: [UInt8]) -> Int? {
        func number(_ place: Int) -> Int32 {
            (0..<4).reduce(0) { $0 | Int32(control[place + $1]) << Int32($1 * 8) }
        }
        let head = MemoryLayout<Int>.size
        let (level, kind) = (number(head), number(head + 4))
        let isLimit =
            (level == Int32(IPPROTO_IP) && kind == IP_TTL) || (level == Int32(IPPROTO_IPV6) && kind == IPV6_HOPLIMIT)
        return isLimit ? Int(number(head + 8)) : nil
    }

    private func finish(_ result: Result<Echo, EchoError>) {
        watch?.cancel()
        watch = nil
        timer?.cancel()
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
        let completion = self.completion
        self.completion = nil
        completion?(result)
        itself = nil
    }
}
