// Pointers handed to the C library live as long as the call that uses them.
internal import Glibc

/// What one does with whole files and folders. Paths are as the kernel takes them: absolute, or relative to the
/// current folder.
public enum FileSystem {
    /// The file's content. Works for pipes and files of /proc as well, which have no size beforehand.
    ///
    /// A file longer than `limit` bytes is refused with `tooLarge`, so that an endless one cannot fill the memory.
    public static func read(_ path: String, limit: Int = ByteStream.defaultLimit) throws(FileError) -> [UInt8] {
        var stream = try ByteStream(path)
        return try stream.readToEnd(limit: limit)
    }

    /// The file's content as text; refused when it is not UTF-8.
    public static func readText(_ path: String, limit: Int = ByteStream.defaultLimit) throws(FileError) -> String {
        guard let text = String(validating: try read(path, limit: limit), as: UTF8.self) else {
            throw FileError(.read, path, .notText)
        }
        return text
    }

    /// Replaces the file in one step (see `ReplacementFile`): after a crash it has the old content or the new.
    public static func replace(
        _ path: String,
        with content: [UInt8],
        permissions: ReplacementFile.Permissions = .kept(orElse: 0o640)
    ) throws(FileError) {
        var file = try ReplacementFile(of: path, permissions: permissions)
        try file.write(content)
        try file.commit()
    }

    /// The names in a folder, sorted by their bytes; `.` and `..` left out. Bytes that are no UTF-8 are shown as U+FFFD.
    public static func list(_ folder: String) throws(FileError) -> [String] {
        guard !folder.utf8.contains(0) else { throw FileError(.list, folder, .invalid) }
        guard let stream = unsafe opendir(folder) else {
            throw FileError(.list, folder, .init(rawValue: errno))
        }
        defer { _ = unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                // The name is an array of characters ended by NUL, which the entry outlives.
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        let code = errno
        guard code == 0 else { throw FileError(.list, folder, .init(rawValue: code)) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Creates the folder, and those above it where they are missing. A folder that is there already is left as it is.
    public static func createFolder(_ path: String, permissions: UInt32 = 0o750) throws(FileError) {
        do {
            try unsafe retrying(.createFolder, path: path) { unsafe mkdir($0, mode_t(permissions)) }
        } catch  where error.code == .exists {
            guard try status(path).kind == .folder else { throw error }
        } catch  where error.code == .notFound && parent(of: path) != path {
            try createFolder(parent(of: path), permissions: permissions)
            try unsafe retrying(.createFolder, path: path) { unsafe mkdir($0, mode_t(permissions)) }
        }
    }

    /// Removes a file or a symbolic link.
    public static func remove(_ path: String) throws(FileError) {
        try unsafe retrying(.remove, path: path) { unsafe unlink($0) }
    }

    /// Removes a folder that is empty.
    public static func removeFolder(_ path: String) throws(FileError) {
        try unsafe retrying(.remove, path: path) { unsafe rmdir($0) }
    }

    /// Gives a file another name on the same file system; a file of that name goes. Durable after `syncFolder`.
    public static func rename(_ path: String, to target: String) throws(FileError) {
        guard !target.utf8.contains(0) else { throw FileError(.rename, target, .invalid) }
        try unsafe retrying(.rename, path: path) { unsafe Glibc.rename($0, target) }
    }

    /// Makes creations, removals and renames in the folder outlive a crash of the machine.
    public static func syncFolder(_ path: String) throws(FileError) {
        try Descriptor(opening: path, flags: O_RDONLY | O_DIRECTORY).syncAll()
    }

    /// What the kernel knows about the file; about a symbolic link's target unless `followingLinks` is false.
    public static func status(_ path: String, followingLinks: Bool = true) throws(FileError) -> FileStatus {
        var raw = stat()
        try unsafe retrying(.inspect, path: path) { unsafe followingLinks ? stat($0, &raw) : lstat($0, &raw) }
        return FileStatus(raw)
    }

    /// The status, or nil where there is no such file.
    public static func statusIfPresent(_ path: String) throws(FileError) -> FileStatus? {
        do {
            return try status(path)
        } catch  where error.code == .notFound || error.code == .notAFolder {
            return nil
        }
    }

    public static func freeSpace(at path: String) throws(FileError) -> FreeSpace {
        var raw = statvfs()
        try unsafe retrying(.measureFreeSpace, path: path) { unsafe statvfs($0, &raw) }
        let unit = UInt64(raw.f_frsize)
        return FreeSpace(available: UInt64(raw.f_bavail) &* unit, total: UInt64(raw.f_blocks) &* unit)
    }

    /// The folder that holds the path, by its text: `/a/b` gives `/a`, `a` gives `.`, `/` gives `/`.
    public static func parent(of path: String) -> String {
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
        guard let cut = bytes.lastIndex(of: slash) else { return "." }
        bytes.removeSubrange(cut...)
        while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
        return bytes.isEmpty ? "/" : String(decoding: bytes, as: UTF8.self)
    }

    /// The last part of the path, by its text: `/a/b` gives `b`.
    public static func name(of path: String) -> String {
        let parts = path.utf8.split(separator: slash)
        return parts.last.map { String(decoding: $0, as: UTF8.self) } ?? path
    }

    /// The path as it is from the root on, with every symbolic link followed. It must exist.
    public static func resolved(_ path: String) throws(FileError) -> String {
        guard let text = unsafe realpath(path, nil) else { throw FileError(.inspect, path, .init(rawValue: errno)) }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    private static let slash = UInt8(ascii: "/")
}
