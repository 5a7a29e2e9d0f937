internal import Glibc

/// What the kernel knows about a file without opening it.
public struct FileStatus: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case file
        case folder
        case symbolicLink
        /// A pipe, a socket or a device.
        case other
    }

    public let kind: Kind
    /// In bytes.
    public let size: Int64
    /// When the content last changed, in nanoseconds since the Unix epoch.
    public let modified: Int64
    /// When the content, the name or the rights last changed, in nanoseconds since the Unix epoch: unlike `modified`, nobody can set it.
    public let changed: Int64
    /// Together with `device`, what tells one file from another that took its name.
    public let inode: UInt64
    public let device: UInt64
    /// The permission bits, set-user and set-group bits and the sticky bit: `0o640`.
    public let permissions: UInt32
    public let owner: UInt32
    public let group: UInt32

    init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .symbolicLink
            default: .other
            }
        size = Int64(raw.st_size)
        modified = Int64(raw.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(raw.st_mtim.tv_nsec)
        changed = Int64(raw.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(raw.st_ctim.tv_nsec)
        inode = UInt64(raw.st_ino)
        device = UInt64(raw.st_dev)
        permissions = raw.st_mode & 0o7777
        owner = raw.st_uid
        group = raw.st_gid
    }
}

/// The room on the file system that holds a path.
public struct FreeSpace: Hashable, Sendable {
    /// Bytes that this process may still fill.
    public let available: UInt64
    /// Bytes that the file system holds when empty.
    public let total: UInt64
}
