// Socket addresses are C structures of several shapes behind one pointer; each is looked at within one call.
// Which of the two modules a structure of the system belongs to depends on the order in which they are built.
internal import CMicrohttpd
internal import Glibc
internal import Synchronization

/// Reads socket addresses.
enum PeerAddress {
    /// The address without its port; nil for a unix socket.
    static func text(_ address: UnsafePointer<sockaddr>) -> String? {
        let family = unsafe Int32(address.pointee.sa_family)
        guard family == AF_INET || family == AF_INET6 else { return nil }
        let length = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = unsafe getnameinfo(
            address,
            socklen_t(length),
            &text,
            socklen_t(text.count),
            nil,
            0,
            Int32(NI_NUMERICHOST)
        )
        guard status == 0 else { return "unknown" }
        let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // A socket for both families shows IPv4 clients in IPv6 clothes.
        return name.hasPrefix("::ffff:") && name.contains(".") ? String(name.dropFirst(7)) : name
    }

    static func port(_ address: UnsafePointer<sockaddr>) -> UInt16 {
        // The port is at the same place in both families' addresses.
        unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            unsafe UInt16(bigEndian: $0.pointee.sin_port)
        }
    }
}

extension HTTPServer.Peer {
    init(_ address: UnsafePointer<sockaddr>?, _ descriptor: Int32) {
        if let address = unsafe address, let text = unsafe PeerAddress.text(address) {
            self = .tcp(address: text)
        } else {
            self = Self.local(descriptor)
        }
    }

    /// What the kernel says of the process behind a unix socket. Somebody nobody knows if it says nothing.
    private static func local(_ descriptor: Int32) -> Self {
        // struct ucred, which the C library's headers show to C with extensions only: process, user, group.
        var credentials: [UInt32] = [0, 0, 0]
        var length = socklen_t(credentials.count * MemoryLayout<UInt32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else {
            return .unix(user: .max, groups: [], process: 0)
        }
        return .unix(
            user: credentials[1],
            groups: [credentials[2]] + groups(descriptor),
            process: Int32(bitPattern: credentials[0])
        )
    }

    private static func groups(_ descriptor: Int32) -> [UInt32] {
        // As many as the kernel allows a process.
        var groups = [UInt32](repeating: 0, count: 65_536)
        var length = socklen_t(groups.count * MemoryLayout<UInt32>.size)
        // SO_PEERGROUPS, which the C library's headers lack.
        guard unsafe getsockopt(descriptor, SOL_SOCKET, 59, &groups, &length) == 0 else { return [] }
        return Array(groups.prefix(Int(length) / MemoryLayout<UInt32>.size))
    }
}

extension HTTPServer.Peer: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tcp(let address): address
        case .unix(let user, _, let process): "uid \(user), pid \(process)"
        }
    }
}

/// Names of groups.
public enum UserGroups {
    /// The number of a group; nil when there is none of that name.
    public static func number(ofGroup name: String) -> UInt32? {
        if let number = UInt32(name) { return number }
        var entry = unsafe group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 64 << 10)
        let status = unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &found)
        guard status == 0, unsafe found != nil else { return nil }
        return unsafe entry.gr_gid
    }

    /// The name of a user; nil where nobody has given it one. Each is looked up once.
    public static func name(ofUser number: UInt32) -> String? {
        if let known = names.withLock({ $0[number] }) { return known }
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 64 << 10)
        let status = unsafe getpwuid_r(number, &entry, &buffer, buffer.count, &found)
        let isFound = unsafe status == 0 && found != nil
        // Copied before the buffer goes.
        let name = isFound ? unsafe String(cString: entry.pw_name) : nil
        names.withLock { names in
            if names.count < namesMax { names[number] = .some(name) }
        }
        return name
    }

    private static let names = Mutex<[UInt32: String?]>([:])
    // More users than one host has who may use the socket.
    private static let namesMax = 1_000

    /// The user that this process acts as.
    public static var ownUser: UInt32 { geteuid() }
}
