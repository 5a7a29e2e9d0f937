// What getaddrinfo gives is copied before it is freed.
internal import Glibc

/// The address of a host, IPv4 or IPv6.
public struct HostAddress: Hashable, Sendable {
    /// As it is written: `10.0.0.1`, `fe80::1`.
    public let text: String
    public let isIPv6: Bool
    /// A `sockaddr` without a port, as the kernel takes it.
    let bytes: [UInt8]

    /// An address that is written as one; nil for a name.
    public init?(literal text: String) {
        guard case .success(let address) = Self.look(text, isIPv6: nil, AI_NUMERICHOST) else { return nil }
        self = address
    }

    private init(text: String, isIPv6: Bool, bytes: [UInt8]) {
        self.text = text
        self.isIPv6 = isIPv6
        self.bytes = bytes
    }

    /// The first address of a host in the order that the system prefers, of one version of IP only where that is wanted.
    ///
    /// It blocks as long as the system's resolver is patient: for threads that may.
    public static func find(_ host: String, isIPv6: Bool? = nil) throws(SocketError) -> HostAddress {
        try look(host, isIPv6: isIPv6, 0).get()
    }

    private static func look(_ host: String, isIPv6: Bool?, _ flags: Int32) -> Result<HostAddress, SocketError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = flags
        unsafe hints.ai_family = isIPv6.map { $0 ? AF_INET6 : AF_INET } ?? AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        guard code == 0, let found = unsafe list else {
            let reason = code == 0 ? "no address" : unsafe String(cString: gai_strerror(code))
            return .failure(.unresolved(host: host, reason: reason))
        }
        defer { unsafe freeaddrinfo(list) }
        let size = Int(unsafe found.pointee.ai_addrlen)
        let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: found.pointee.ai_addr, count: size))
        var room = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let length = socklen_t(room.count)
        let status = unsafe getnameinfo(
            found.pointee.ai_addr,
            found.pointee.ai_addrlen,
            &room,
            length,
            nil,
            0,
            NI_NUMERICHOST
        )
        let text = String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return .success(
            HostAddress(
                text: status == 0 ? text : host,
                isIPv6: unsafe found.pointee.ai_family == AF_INET6,
                bytes: bytes
            )
        )
    }
}
