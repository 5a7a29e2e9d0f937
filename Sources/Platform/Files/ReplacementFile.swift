internal import Glibc

/// New content for a file, written beside it and put in its place in one step.
///
/// Until `commit` nobody sees it; after `commit` it survives a crash of the machine; without `commit` it is removed. A
/// symbolic link stays a link: the file it points to is replaced.
public struct ReplacementFile: ~Copyable, Sendable {
    /// Who may read and write the new file.
    public enum Permissions: Hashable, Sendable {
        /// As the file that it replaces, owner and group too; these bits where there was none.
        case kept(orElse: UInt32)
        /// These bits, whatever was there.
        case exactly(UInt32)
    }

    private let target: String
    /// The file beside it; its path is the temporary name.
    private let descriptor: Descriptor
    private var isPending = true

    public init(of path: String, permissions: Permissions = .kept(orElse: 0o640)) throws(FileError) {
        let former = try FileSystem.statusIfPresent(path)
        let target = former == nil ? path : try FileSystem.resolved(path)
        descriptor = try Self.prepare(beside: target, permissions, as: former)
        self.target = target
    }

    deinit {
        if isPending { try? FileSystem.remove(descriptor.path) }
    }

    public mutating func write(_ bytes: Span<UInt8>) throws(FileError) {
        try descriptor.write(all: bytes)
    }

    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try write(bytes.span)
    }

    /// Puts the content in place: on the device first, then under its name, then the folder on the device.
    public consuming func commit() throws(FileError) {
        try descriptor.syncAll()
        try FileSystem.rename(descriptor.path, to: target)
        isPending = false
        try FileSystem.syncFolder(FileSystem.parent(of: target))
    }

    private static func prepare(
        beside path: String,
        _ permissions: Permissions,
        as former: FileStatus?
    ) throws(FileError) -> Descriptor {
        let descriptor = try createTemporary(beside: path)
        do {
            try apply(permissions, of: former, to: descriptor)
        } catch {
            try? FileSystem.remove(descriptor.path)
            throw error
        }
        return descriptor
    }

    /// In the same folder, because a rename does not cross file systems. Hidden, and named so that no two collide.
    private static func createTemporary(beside path: String) throws(FileError) -> Descriptor {
        let folder = FileSystem.parent(of: path)
        while true {
            let mark = String(UInt64.random(in: .min ... .max), radix: 36)
            let temporary = "\(folder)/.\(FileSystem.name(of: path)).\(mark).new"
            do {
                let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
                return try Descriptor(opening: temporary, flags: flags, permissions: 0o600)
            } catch  where error.code == .exists {
                continue
            }
        }
    }

    private static func apply(
        _ permissions: Permissions,
        of former: FileStatus?,
        to descriptor: borrowing Descriptor
    ) throws(FileError) {
        let number = descriptor.number
        var bits: UInt32
        switch permissions {
        case .exactly(let exact): bits = exact
        case .kept(let otherwise):
            bits = former?.permissions ?? otherwise
            // Owner first: changing it clears the set-user and set-group bits.
            let mine = try descriptor.status()
            if let former, (mine.owner, mine.group) != (former.owner, former.group) {
                _ = try retrying(.changeOwner, descriptor.path) { fchown(number, former.owner, former.group) }
            }
        }
        bits &= 0o7777
        _ = try retrying(.changeOwner, descriptor.path) { fchmod(number, mode_t(bits)) }
    }
}
