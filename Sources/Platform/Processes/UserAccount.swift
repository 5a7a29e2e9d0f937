// Buffers handed to the C library live as long as the call that uses them.
internal import Glibc

/// A user of this machine, with the groups that a program of theirs runs with.
public struct UserAccount: Sendable, Hashable {
    public let name: String
    public let user: UInt32
    public let group: UInt32
    public let groups: [UInt32]
    public let home: String

    public init(named name: String) throws(ProgramError) {
        guard !name.isEmpty, !name.utf8.contains(0) else { throw .unknownUser(name) }
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 64 * 1024)
        let code = unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found)
        guard code == 0, unsafe found != nil else { throw .unknownUser(name) }
        self.name = name
        user = unsafe entry.pw_uid
        group = unsafe entry.pw_gid
        home = unsafe String(cString: entry.pw_dir)
        var list = [gid_t](repeating: 0, count: 1024)
        var count = Int32(list.count)
        guard unsafe getgrouplist(name, group, &list, &count) >= 0 else {
            throw .malformed("the user '\(name)' is in too many groups")
        }
        groups = Array(list.prefix(Int(count)))
    }

    /// Whether this process may become other users.
    public static var canChange: Bool { geteuid() == 0 }
}
