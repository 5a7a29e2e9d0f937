public import Playbooks
public import YAML

/// The second key beside the playbook: kinds of action, units, paths, programs, addresses and users that this host permits.
///
/// Everything is refused that is not named. Patterns know `*`, which stands for anything but a slash, and for paths a folder stands for all
/// that is below it.
public struct Permits: Sendable, Hashable {
    /// Kinds of action: `systemd.restart`, `systemd.*`.
    public var actions: [String] = []
    public var units: [String] = []
    public var read: [String] = []
    public var write: [String] = []
    public var delete: [String] = []
    public var programs: [String] = []
    /// `host:port`, `host:*`, or the path of a unix socket.
    public var addresses: [String] = []
    public var users: [String] = []

    public init() {}

    public static var shape: Shape<Permits> {
        .structure("what is permitted") { fields in
            var permits = Permits()
            permits.actions = fields.value("actions", .names, default: [])
            permits.units = fields.value("units", .names, default: [])
            let paths = fields.value("paths", Self.pathShape, default: Permits())
            permits.read = paths.read
            permits.write = paths.write
            permits.delete = paths.delete
            permits.programs = fields.value("programs", .absolutePaths, default: [])
            permits.addresses = fields.value("addresses", .names, default: [])
            permits.users = fields.value("users", .names, default: [])
            return permits
        }
    }

    private static var pathShape: Shape<Permits> {
        .structure("folders by what may be done in them") { fields in
            var permits = Permits()
            permits.read = fields.value("read", .absolutePaths, default: [])
            permits.write = fields.value("write", .absolutePaths, default: [])
            permits.delete = fields.value("delete", .absolutePaths, default: [])
            return permits
        }
    }

    /// Why these permissions are refused, one sentence each with the line that would grant it; empty: all are granted.
    public func refusals(of permissions: [Permission]) -> [String] {
        permissions.compactMap { permission in
            isGranted(permission) ? nil : permission.refusal
        }
    }

    private func isGranted(_ permission: Permission) -> Bool {
        switch permission {
        case .action(let name): actions.contains { Self.matches($0, name) }
        case .unit(let name): units.contains { Self.matches($0, name) }
        case .path(let path, .read): Self.isBelow(path, read + write + delete)
        case .path(let path, .write): Self.isBelow(path, write)
        case .path(let path, .delete): Self.isBelow(path, delete)
        case .program(let path): programs.contains { $0.utf8.elementsEqual(path.utf8) }
        case .address(let address): addresses.contains { Self.matches($0, address) }
        case .user(let name): users.contains { Self.matches($0, name) }
        }
    }

    /// Whether the path is one of the folders or lies below one. A path that climbs is below nothing.
    static func isBelow(_ path: String, _ folders: [String]) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        guard path.hasPrefix("/"), !parts.contains(where: { $0 == ".." || $0 == "." }), !path.utf8.contains(0) else {
            return false
        }
        return folders.contains { folder in
            parts.starts(with: folder.split(separator: "/", omittingEmptySubsequences: true)) { left, right in
                left.utf8.elementsEqual(right.utf8)
            }
        }
    }

    /// `*` stands for any number of bytes but a slash. In time proportional to both lengths, whatever they hold.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var place = 0
        var position = 0
        var star: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let last = star, text[last.position] != UInt8(ascii: "/") {
                star = (last.place, last.position + 1)
                place = last.place + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

extension Permission {
    /// What is missing, and the line of the configuration that would grant it.
    var refusal: String {
        switch self {
        case .action(let name): "the action \(name) is not permitted here (actions: {permit: {actions: ['\(name)']}})"
        case .unit(let name): "the unit \(name) may not be touched here (actions: {permit: {units: ['\(name)']}})"
        case .path(let path, let access):
            "\(access.rawValue) of \(path) is not permitted here (actions: {permit: {paths: {\(access.rawValue): [...]}}})"
        case .program(let path):
            "the program \(path) is not permitted here (actions: {permit: {programs: ['\(path)']}})"
        case .address(let address):
            "the address \(address) is not permitted here (actions: {permit: {addresses: ['\(address)']}})"
        case .user(let name): "to become \(name) is not permitted here (actions: {permit: {users: ['\(name)']}})"
        }
    }
}

extension Shape where Value == [String] {
    static var names: Shape<[String]> { .list(of: .nonEmptyString) }

    static var absolutePaths: Shape<[String]> {
        .list(
            of: Shape<String>.nonEmptyString.narrowed(to: "an absolute path without '..'") { path in
                let isClimbing = path.split(separator: "/").contains("..")
                return path.hasPrefix("/") && !isClimbing ? path : nil
            }
        )
    }
}
