// Buffers handed to the C library live as long as the call that uses them.
internal import CKernel
internal import Glibc

/// A folder that is open. What is below it is reached without following a symbolic link and without leaving it, whatever
/// happens to names meanwhile.
public struct OpenFolder: ~Copyable, Sendable {
    let descriptor: Descriptor

    /// What messages call it.
    public var path: String { descriptor.path }

    /// Opens a folder by a path that is trusted, links and all.
    public init(_ path: String) throws(FileError) {
        descriptor = try Descriptor(opening: path, flags: O_RDONLY | O_DIRECTORY)
    }

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// A folder below this one; the parts are its names from here. None of them may be a symbolic link.
    public func folder(_ parts: [String]) throws(FileError) -> OpenFolder {
        let flags = O_RDONLY | O_DIRECTORY
        guard !parts.isEmpty else {
            let number = descriptor.number
            return OpenFolder(Descriptor(adopting: try openBeneath(number, ".", flags, 0, path), path: path))
        }
        for part in parts { try Self.check(part, in: path) }
        let whole = "\(path)/\(parts.joined(separator: "/"))"
        do {
            let number = try openBeneath(descriptor.number, parts.joined(separator: "/"), flags, 0, whole)
            return OpenFolder(Descriptor(adopting: number, path: whole))
        } catch  where error.code.rawValue == ENOSYS || error.code.rawValue == EPERM {
            // An old kernel, or a filter of system calls: one part at a time, none of them through a link.
            return try walk(parts)
        }
    }

    private func walk(_ parts: [String]) throws(FileError) -> OpenFolder {
        var current = Descriptor(
            adopting: try openAt(descriptor.number, ".", O_RDONLY | O_DIRECTORY, 0, path),
            path: path
        )
        for part in parts {
            let whole = "\(current.path)/\(part)"
            let number = try openAt(current.number, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, whole)
            current = Descriptor(adopting: number, path: whole)
        }
        return OpenFolder(current)
    }

    /// What the kernel knows of the entry itself; a link is told as a link.
    public func status(_ name: String) throws(FileError) -> FileStatus {
        try Self.check(name, in: path)
        var raw = stat()
        _ = try retrying(.inspect, whole(name)) {
            unsafe fstatat(descriptor.number, name, &raw, AT_SYMLINK_NOFOLLOW)
        }
        return FileStatus(raw)
    }

    public func statusIfPresent(_ name: String) throws(FileError) -> FileStatus? {
        do {
            return try status(name)
        } catch  where error.code == .notFound {
            return nil
        }
    }

    /// The whole content of a file that is no link, pipe or device. More than `limit` bytes are refused with `tooLarge`.
    public func read(_ name: String, limit: Int) throws(FileError) -> [UInt8] {
        let file = try open(name, O_RDONLY | O_NONBLOCK)
        guard try file.status().kind == .file else { throw FileError(.read, whole(name), .invalid) }
        var bytes: [UInt8] = []
        var failure: FileError?
        while true {
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
                do throws(FileError) {
                    count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            if chunk.isEmpty { return bytes }
            guard bytes.count + chunk.count <= limit else { throw FileError(.read, whole(name), .tooLarge) }
            bytes += chunk
        }
    }

    /// The names in the folder, without order. More than `limit` are refused with `tooLarge`.
    public func names(limit: Int = 1_000_000) throws(FileError) -> [String] {
        let number = try openAt(descriptor.number, ".", O_RDONLY | O_DIRECTORY, 0, path)
        guard let stream = unsafe fdopendir(number) else {
            let code = errno
            _ = Glibc.close(number)
            throw FileError(.list, path, .init(rawValue: code))
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            guard names.count < limit else { throw FileError(.list, path, .tooLarge) }
            names.append(name)
        }
        return names
    }

    /// Removes a file or a link, never what a link leads to.
    public func remove(_ name: String) throws(FileError) {
        try Self.check(name, in: path)
        _ = try retrying(.remove, whole(name)) { unsafe unlinkat(descriptor.number, name, 0) }
    }

    /// Gives an entry another name in the same folder; what has that name goes.
    public func rename(_ name: String, to target: String) throws(FileError) {
        try Self.check(name, in: path)
        try Self.check(target, in: path)
        _ = try retrying(.rename, whole(name)) {
            unsafe renameat(descriptor.number, name, descriptor.number, target)
        }
    }

    /// Makes creations, removals and renames outlive a crash of the machine.
    public func sync() throws(FileError) {
        try descriptor.syncAll()
    }

    func open(_ name: String, _ flags: Int32, permissions: UInt32 = 0) throws(FileError) -> Descriptor {
        try Self.check(name, in: path)
        let number = try openAt(descriptor.number, name, flags | O_NOFOLLOW, permissions, whole(name))
        return Descriptor(adopting: number, path: whole(name))
    }

    func whole(_ name: String) -> String { "\(path == "/" ? "" : path)/\(name)" }

    /// One name: no way to another folder, and none that ends early.
    private static func check(_ name: String, in folder: String) throws(FileError) {
        let isOne =
            !name.isEmpty && name != "." && name != ".."
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
        guard isOne else { throw FileError(.open, "\(folder)/\(name.prefix(200))", .invalid) }
    }
}

private func openBeneath(
    _ folder: Int32,
    _ path: String,
    _ flags: Int32,
    _ permissions: UInt32,
    _ whole: String
) throws(FileError) -> Int32 {
    try retrying(.open, whole) { unsafe kernel_open_beneath(folder, path, flags, permissions) }
}

private func openAt(
    _ folder: Int32,
    _ name: String,
    _ flags: Int32,
    _ permissions: UInt32,
    _ whole: String
) throws(FileError) -> Int32 {
    try retrying(.open, whole) { unsafe kernel_open_at(folder, name, flags, permissions) }
}
