internal import Glibc

/// Keeps a second process out: whoever holds the lock on the file works, everybody else is told at once.
///
/// The kernel lets go of it when the process ends, however it ends. The file itself stays, and is nobody's to remove.
public struct FileLock: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Takes the lock, or throws `locked` when somebody holds it.
    public init(_ path: String, permissions: UInt32 = 0o640) throws(FileError) {
        let descriptor = try Descriptor(opening: path, flags: O_RDWR | O_CREAT, permissions: permissions)
        let number = descriptor.number
        _ = try retrying(.lock, path) { flock(number, LOCK_EX | LOCK_NB) }
        self.descriptor = descriptor
    }

    /// Lets go before the owner goes.
    public consuming func release() throws(FileError) {
        try descriptor.close()
    }
}
