internal import Glibc

extension OpenFolder {
    /// Copies a file, no link, to a new path outside; on the device when this returns. The copy belongs to this process's user.
    public func copy(_ name: String, to path: String) throws(FileError) {
        let source = try open(name, O_RDONLY | O_NONBLOCK)
        guard try source.status().kind == .file else { throw FileError(.read, whole(name), .invalid) }
        var target = try ReplacementFile(of: path, permissions: .exactly(0o600))
        var failure: FileError?
        while true {
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 256 * 1024) { buffer, count in
                do throws(FileError) {
                    count = try unsafe source.read(into: UnsafeMutableRawBufferPointer(buffer))
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            if chunk.isEmpty { break }
            try target.write(chunk)
        }
        try target.commit()
    }
}
