import Configuration
import Files
import Glibc

/// Looks at the host: its users and groups, its ports.
enum HostExamination {
    static func accounts() -> Finding {
        guard HostGroups.number("medic") != nil else {
            return Finding(
                "group",
                .doubtful,
                "there is no group medic: only root and the agent's own user may operate over the socket",
                advice: "'sudo groupadd --system medic' and restart the agent; the package does this"
            )
        }
        guard geteuid() != 0 else { return Finding("group", .good, "there is a group medic; you are root") }
        guard isMember() else {
            return Finding(
                "group",
                .doubtful,
                "you (\(HostGroups.ownUser)) are not in the group medic",
                advice: "'sudo usermod -aG medic \(HostGroups.ownUser)' and log in again, or use sudo"
            )
        }
        return Finding("group", .good, "you are in the group medic")
    }

    private static func isMember() -> Bool {
        guard let wanted = HostGroups.number("medic") else { return false }
        if getegid() == wanted { return true }
        var groups = [gid_t](repeating: 0, count: 1_024)
        let count = unsafe getgroups(Int32(groups.count), &groups)
        return count > 0 && groups.prefix(Int(count)).contains(wanted)
    }

    /// Whether the agent could listen where it should. Asked only where no agent runs.
    static func ports(_ settings: WebSettings) -> [Finding] {
        settings.listen.map { address in
            let place = "\(address.host.isEmpty ? "*" : address.host):\(address.port)"
            switch tryToBind(address) {
            case nil: return Finding("port", .good, "\(place) is free")
            case EADDRINUSE?:
                return Finding(
                    "port",
                    .bad,
                    "\(place) is taken by \(PortOwner.find(UInt16(clamping: address.port)) ?? "another program")",
                    advice: "'sudo ss -ltnp sport = :\(address.port)' tells by whom; or set web.listen"
                )
            case EACCES?:
                return Finding(
                    "port",
                    .unknown,
                    "\(place) may be used by root only",
                    advice: "use a port from 1024 on, or give the service CAP_NET_BIND_SERVICE"
                )
            case EADDRNOTAVAIL?:
                return Finding(
                    "port",
                    .bad,
                    "this host has no address \(address.host)",
                    advice: "'ip address' lists those it has; set web.listen"
                )
            case let code?:
                return Finding("port", .unknown, "\(place): \(reason(code))")
            }
        }
    }

    private static func reason(_ code: Int32) -> String {
        // The C library's own memory, copied at once.
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }

    /// The error that listening there would meet; nil where it would go well. Nobody can connect meanwhile: it never listens.
    private static func tryToBind(_ address: WebSettings.Address) -> Int32? {
        // Its pointers stay empty: they are for the list that comes back.
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let host = address.host.isEmpty ? nil : address.host
        // The list is the C library's; it is freed when the first address was tried.
        guard unsafe getaddrinfo(host, "\(address.port)", &hints, &list) == 0, let first = unsafe list else {
            return EADDRNOTAVAIL
        }
        defer { unsafe freeaddrinfo(list) }
        let descriptor = unsafe socket(
            first.pointee.ai_family,
            first.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue),
            0
        )
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var yes: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        return unsafe bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 ? nil : errno
    }
}
