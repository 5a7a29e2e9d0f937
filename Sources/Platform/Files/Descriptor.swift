// Every call into the C library that this room makes goes through the helpers here. Pointers handed to the C library
// live as long as the call that uses them.
internal import Glibc

/// Runs a C call that answers -1 on failure, again and again while signals interrupt it.
func retrying<Result: FixedWidthInteger & SignedInteger>(
    _ operation: FileError.Operation,
    _ path: String,
    _ body: () -> Result
) throws(FileError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw FileError(operation, path, .init(rawValue: code)) }
    }
}

/// The same for a call that takes the path. A path with a NUL inside names no file: C would read only its beginning.
@discardableResult
func retrying<Result: FixedWidthInteger & SignedInteger>(
    _ operation: FileError.Operation,
    path: String,
    _ body: (UnsafePointer<CChar>) -> Result
) throws(FileError) -> Result {
    guard !path.utf8.contains(0) else { throw FileError(operation, path, .invalid) }
    while true {
        let (result, code) = unsafe path.withCString { text in
            let result = unsafe body(text)
            return (result, result == -1 ? errno : 0)
        }
        if result != -1 { return result }
        if code != EINTR { throw FileError(operation, path, .init(rawValue: code)) }
    }
}

/// An open file, closed when its owner goes.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32
    let path: String
    private var isOpen = true

    init(opening path: String, flags: Int32, permissions: UInt32 = 0) throws(FileError) {
        number = try unsafe retrying(.open, path: path) { unsafe open($0, flags | O_CLOEXEC, mode_t(permissions)) }
        self.path = path
    }

    /// Takes over a descriptor that is open.
    init(adopting number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    deinit {
        // Linux frees the number even when close is interrupted, so there is no second try.
        if isOpen { _ = Glibc.close(number) }
    }

    /// Closes now and tells of errors that the kernel has kept until then.
    consuming func close() throws(FileError) {
        isOpen = false
        if Glibc.close(number) == -1, errno != EINTR { throw FileError(.close, path, .init(rawValue: errno)) }
    }

    /// Reads once; 0 is the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        try unsafe readOnce(number, path, into: buffer)
    }

    func write(all bytes: Span<UInt8>) throws(FileError) {
        try writeAll(number, path, bytes)
    }

    /// Waits until the data, and what is needed to read it back, is on the device.
    func syncData() throws(FileError) {
        _ = try retrying(.sync, path) { fdatasync(number) }
    }

    func syncAll() throws(FileError) {
        _ = try retrying(.sync, path) { fsync(number) }
    }

    func truncate(to length: Int64) throws(FileError) {
        _ = try retrying(.truncate, path) { ftruncate(number, off_t(length)) }
    }

    func status() throws(FileError) -> FileStatus {
        var raw = stat()
        _ = try retrying(.inspect, path) { unsafe fstat(number, &raw) }
        return FileStatus(raw)
    }
}

func readOnce(_ number: Int32, _ path: String, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    while true {
        do {
            return try retrying(.read, path) { unsafe read(number, buffer.baseAddress, buffer.count) }
        } catch {
            try waitUntilReady(number, for: POLLIN, after: error)
        }
    }
}

/// Writes every byte, however many calls that takes.
func writeAll(_ number: Int32, _ path: String, _ bytes: Span<UInt8>) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
        do {
            let count = try retrying(.write, path) {
                unsafe rest.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
            }
            rest = rest.extracting(droppingFirst: count)
        } catch {
            try waitUntilReady(number, for: POLLOUT, after: error)
        }
    }
}

/// A terminal or pipe that somebody else made non-blocking says "not now": wait for it. Any other error stands.
private func waitUntilReady(_ number: Int32, for events: Int32, after error: FileError) throws(FileError) {
    guard error.code.rawValue == EAGAIN else { throw error }
    var wanted = pollfd(fd: number, events: Int16(events), revents: 0)
    _ = try retrying(error.operation, error.path) { unsafe poll(&wanted, 1, -1) }
}
