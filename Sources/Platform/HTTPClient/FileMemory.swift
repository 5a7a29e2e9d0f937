import Files

/// The contents of small files that may change, such as passwords and certificates, read again when they have.
///
/// Confined to the client's loop, as the client is.
final class FileMemory {
    private struct Entry {
        var status: FileStatus
        var bytes: [UInt8]
        var generation: Int
    }

    /// Beyond it everything is forgotten and read again: configurations that come and go must not pile up.
    private static let entriesMax = 4_096
    /// Keys and certificates are small; more is a mistake.
    private static let bytesMax = 4 << 20
    private var entries: [String: Entry] = [:]
    private var lastGeneration = 0

    /// The content of a file, and a number that is another one whenever the content may be.
    func content(of path: String) throws(FileError) -> (bytes: [UInt8], generation: Int) {
        let status = try FileSystem.status(path)
        if let known = entries[path], known.status == status { return (known.bytes, known.generation) }
        let bytes = try FileSystem.read(path, limit: Self.bytesMax)
        lastGeneration += 1
        if entries.count >= Self.entriesMax { entries.removeAll() }
        entries[path] = Entry(status: status, bytes: bytes, generation: lastGeneration)
        return (bytes, lastGeneration)
    }
}
