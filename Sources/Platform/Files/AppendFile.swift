internal import Glibc

/// A file that only grows at its end: a log.
///
/// An append that fails halfway is taken back, so that the file ends with a whole append as long as the machine runs;
/// after a crash of the machine its end may be torn.
public struct AppendFile: ~Copyable, Sendable {
    private let descriptor: Descriptor
    /// How long the file is, in bytes.
    public private(set) var length: Int64

    public var path: String { descriptor.path }

    /// Opens the file and makes it if it is missing; with `mustBeNew` an existing file is refused with `exists`.
    public init(_ path: String, permissions: UInt32 = 0o640, mustBeNew: Bool = false) throws(FileError) {
        let flags = O_WRONLY | O_APPEND | O_CREAT | (mustBeNew ? O_EXCL : 0)
        let descriptor = try Descriptor(opening: path, flags: flags, permissions: permissions)
        length = try descriptor.status().size
        self.descriptor = descriptor
    }

    /// Appends all the bytes, or none of them and throws.
    public mutating func append(_ bytes: Span<UInt8>) throws(FileError) {
        do {
            try descriptor.write(all: bytes)
        } catch {
            // When this fails too, the torn end stays and whoever reads the file cuts it.
            try? descriptor.truncate(to: length)
            throw error
        }
        length += Int64(bytes.count)
    }

    /// Appends all the bytes, or none of them and throws.
    public mutating func append(_ bytes: [UInt8]) throws(FileError) {
        try append(bytes.span)
    }

    /// Returns when everything appended so far is on the device.
    ///
    /// After a failure the kernel may have dropped what it could not write, so the content since the last good sync is
    /// in doubt: start another file.
    public func sync() throws(FileError) {
        try descriptor.syncData()
    }

    /// Cuts the file to its first `length` bytes.
    public mutating func truncate(to length: Int64) throws(FileError) {
        try descriptor.truncate(to: length)
        self.length = length
    }

    /// Closes now, with the errors that the kernel has kept until then. Without it the file closes when its owner goes.
    public consuming func close() throws(FileError) {
        try descriptor.close()
    }
}
