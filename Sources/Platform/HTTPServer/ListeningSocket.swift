// Addresses are C structures of several shapes behind one pointer type; each is read within the call that fills it.
internal import Glibc

/// A socket that waits for connections. A unix socket's file goes when it is closed.
struct ListeningSocket: Sendable {
    let descriptor: Int32
    let address: HTTPServer.Address

    private static let backlog: Int32 = 4_096

    private init(_ descriptor: Int32, _ address: HTTPServer.Address) {
        self.descriptor = descriptor
        self.address = address
    }

    /// Another descriptor of the same socket, for somebody who closes it himself.
    func duplicate() throws(HTTPServerError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .cannotListen(on: address.description, reason: Failure().reason) }
        return copy
    }

    func close() {
        _ = Glibc.close(descriptor)
        if case .unix(let path) = address { unsafe _ = unlink(path) }
    }

    static func open(_ listener: HTTPServer.Listener) throws(HTTPServerError) -> [ListeningSocket] {
        switch listener {
        case .tcp(let host, let port): try tcp(host, port)
        case .unix(let path, let mode, let group): [try unix(path, mode, group)]
        }
    }

    // MARK: TCP

    private static func tcp(_ host: String, _ port: UInt16) throws(HTTPServerError) -> [ListeningSocket] {
        // All addresses: one socket of the new family takes both, where the kernel has it.
        if host.isEmpty {
            if let both = try? bind("::", port, both: true) { return both }
            return try bind("0.0.0.0", port, both: false)
        }
        return try bind(host, port, both: false)
    }

    private static func bind(
        _ host: String,
        _ port: UInt16,
        both: Bool
    ) throws(HTTPServerError) -> [ListeningSocket] {
        let name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            throw .cannotListen(on: name, reason: unsafe String(cString: gai_strerror(status)))
        }
        defer { unsafe freeaddrinfo(list) }
        var sockets: [ListeningSocket] = []
        var reason = "it has no addresses"
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            do throws(Failure) {
                unsafe sockets.append(try listen(entry.pointee, both: both))
            } catch {
                reason = error.reason
            }
        }
        if sockets.isEmpty { throw .cannotListen(on: name, reason: reason) }
        return sockets
    }

    private struct Failure: Error {
        let reason: String

        init() {
            reason = unsafe String(cString: strerror(errno))
        }
    }

    private static func listen(_ entry: addrinfo, both: Bool) throws(Failure) -> ListeningSocket {
        let descriptor = unsafe socket(entry.ai_family, streamType, 0)
        guard descriptor >= 0 else { throw Failure() }
        set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if unsafe entry.ai_family == AF_INET6 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, both ? 0 : 1) }
        guard
            unsafe Glibc.bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0,
            Glibc.listen(descriptor, backlog) == 0
        else {
            let failure = Failure()
            _ = Glibc.close(descriptor)
            throw failure
        }
        return ListeningSocket(descriptor, localAddress(of: descriptor))
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func localAddress(of descriptor: Int32) -> HTTPServer.Address {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = unsafe getsockname(descriptor, address, &length)
                return unsafe .tcp(host: PeerAddress.text(address) ?? "", port: PeerAddress.port(address))
            }
        }
    }

    // MARK: Unix sockets

    private static func unix(
        _ path: String,
        _ mode: UInt32,
        _ group: String?
    ) throws(HTTPServerError) -> ListeningSocket {
        func refuse(_ reason: String) -> HTTPServerError { .cannotListen(on: path, reason: reason) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !path.isEmpty, path.utf8.count < room else {
            throw refuse("the path of a unix socket has 1 to \(room - 1) bytes")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let owner = try groupNumber(group, refuse)
        let descriptor = socket(AF_UNIX, streamType, 0)
        guard descriptor >= 0 else { throw refuse(Failure().reason) }
        // The file gets these permissions at the moment it appears, so that nobody slips in before they are narrowed.
        fchmod(descriptor, 0o600)
        var failure = bindLocal(descriptor, &address)
        if failure == EADDRINUSE, isStale(&address) {
            _ = unsafe unlink(path)
            failure = bindLocal(descriptor, &address)
        }
        if failure == 0, let owner, unsafe chown(path, uid_t.max, owner) != 0 { failure = errno }
        if failure == 0, unsafe chmod(path, mode_t(mode)) != 0 { failure = errno }
        if failure == 0, Glibc.listen(descriptor, backlog) != 0 { failure = errno }
        guard failure == 0 else {
            _ = Glibc.close(descriptor)
            throw refuse(unsafe String(cString: strerror(failure)))
        }
        return ListeningSocket(descriptor, .unix(path: path))
    }

    private static var streamType: Int32 {
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    }

    private static func groupNumber(
        _ name: String?,
        _ refuse: (String) -> HTTPServerError
    ) throws(HTTPServerError) -> gid_t? {
        guard let name else { return nil }
        guard let number = UserGroups.number(ofGroup: name) else { throw refuse("there is no group '\(name)'") }
        return number
    }

    private static func bindLocal(_ descriptor: Int32, _ address: inout sockaddr_un) -> Int32 {
        unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let length = socklen_t(MemoryLayout<sockaddr_un>.size)
                return unsafe Glibc.bind(descriptor, address, length) == 0 ? 0 : errno
            }
        }
    }

    /// Whether a socket's file was left behind by somebody who is gone.
    private static func isStale(_ address: inout sockaddr_un) -> Bool {
        let probe = socket(AF_UNIX, streamType, 0)
        guard probe >= 0 else { return false }
        defer { _ = Glibc.close(probe) }
        let failure = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(probe, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 ? 0 : errno
            }
        }
        return failure == ECONNREFUSED
    }
}
