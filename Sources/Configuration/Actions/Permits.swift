public import Playbooks

/// What the operator of a host allows playbooks to do there. By default nothing.
public struct Permits: Sendable, Hashable {
    /// Kinds of actions; `*` stands for any part of a name: `systemd.*`.
    public var actions: [String] = []
    /// Units of systemd, with `*` and `?`: `api*.service`.
    public var units: [String] = []
    /// Folders, with all below them, or single files. What may be written or deleted may be read.
    public var readable: [String] = []
    public var writable: [String] = []
    public var deletable: [String] = []
    /// Absolute paths, one by one.
    public var programs: [String] = []
    /// `host:port`, where either may be `*`; or the path of a unix socket.
    public var addresses: [String] = []
    public var users: [String] = []
    /// medic's own files and folders: nothing there is written or deleted, whatever else is granted.
    public var own: [String] = []

    public init() {}

    /// Why what is asked for is not allowed, each with the line of configuration that would allow it; nothing when all of it is.
    public func refusals(of permissions: [Permission]) -> [String] {
        permissions.compactMap { permission in
            guard !allows(permission) else { return nil }
            if case .path(let path, let access) = permission, access != .read, isOwn(path) {
                return "\(shown(path)) is medic's own: no playbook changes what medic is told by or remembers with"
            }
            let (what, key, entry) = words(permission)
            return "\(what) is not permitted on this host: `actions: {permit: \(Self.line(key, entry))}` would allow it"
        }
    }

    public func allows(_ permission: Permission) -> Bool {
        switch permission {
        case .action(let name): actions.contains { Glob.matches($0, name) }
        case .unit(let name): !name.utf8.contains(0x2F) && units.contains { Glob.matches($0, name) }
        case .path(let path, let access): root(of: path, for: access) != nil
        case .program(let path): PermittedPath.isPlain(path) && programs.contains { $0.utf8.elementsEqual(path.utf8) }
        case .address(let address): addresses.contains { Self.covers($0, address) }
        case .user(let name): users.contains { $0.utf8.elementsEqual(name.utf8) }
        }
    }

    /// The permitted folder or file that the path is in, the deepest where several are; nil when none is.
    public func root(of path: String, for access: Permission.Access) -> String? {
        if access != .read, isOwn(path) { return nil }
        let roots =
            switch access {
            case .read: readable + writable + deletable
            case .write: writable
            case .delete: deletable
            }
        return roots.filter { PermittedPath.covers($0, path) }.max { $0.utf8.count < $1.utf8.count }
    }

    /// Whether the path is one of medic's own, or below it.
    public func isOwn(_ path: String) -> Bool { own.contains { PermittedPath.covers($0, path) } }

    private static func covers(_ permitted: String, _ address: String) -> Bool {
        if permitted.utf8.first == UInt8(ascii: "/") || address.utf8.first == UInt8(ascii: "/") {
            return permitted.utf8.elementsEqual(address.utf8)
        }
        guard let (host, port) = split(permitted), let (wantedHost, wantedPort) = split(address) else { return false }
        return Glob.matches(host.lowercased(), wantedHost) && (port == "*" || port == wantedPort)
    }

    /// Host and port; the last colon divides them, since addresses of version 6 have others.
    private static func split(_ address: String) -> (host: String, port: String)? {
        guard let colon = address.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        return (String(address[..<colon]), String(address[address.utf8.index(after: colon)...]))
    }

    // MARK: Words

    private func words(_ permission: Permission) -> (what: String, key: String, entry: String) {
        switch permission {
        case .action(let name): ("the action \(shown(name))", "actions", name)
        case .unit(let name): ("touching the unit \(shown(name))", "units", name)
        case .path(let path, .read): ("reading \(shown(path))", "paths.read", path)
        case .path(let path, .write): ("writing \(shown(path))", "paths.write", path)
        case .path(let path, .delete): ("deleting in \(shown(path))", "paths.delete", path)
        case .program(let path): ("running \(shown(path))", "programs", path)
        case .address(let address): ("reaching \(shown(address))", "addresses", address)
        case .user(let name): ("becoming the user \(shown(name))", "users", name)
        }
    }

    private static func line(_ key: String, _ entry: String) -> String {
        let quoted =
            "'" + shownText(entry).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        let parts = key.split(separator: ".")
        return parts.count == 2 ? "{\(parts[0]): {\(parts[1]): [\(quoted)]}}" : "{\(key): [\(quoted)]}"
    }

    private func shown(_ text: String) -> String { Self.shownText(text) }

    /// On one line and not endless: what is asked for may come from a label.
    private static func shownText(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(200) {
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > 200 ? result + "..." : result
    }
}
