// Buffers handed to the C library live as long as the call that fills them.
internal import Glibc

/// Bytes that arrive one after the other: from a file, a pipe or standard input.
public struct ByteStream: ~Copyable, Sendable {
    private enum Source: ~Copyable {
        case owned(Descriptor)
        case standardInput
    }

    /// More than this is never read into memory at once, unless the caller says so: an endless file must not fill it.
    public static let defaultLimit = 4 << 30

    private static let chunk = 64 * 1024

    private let source: Source
    private var pending: [UInt8] = []
    private var place = 0

    /// What messages call the stream.
    public let path: String

    /// Opens a file for reading. `-` stands for nothing special here.
    public init(_ path: String) throws(FileError) {
        source = .owned(try Descriptor(opening: path, flags: O_RDONLY))
        self.path = path
    }

    private init(standardInputNamed name: String) {
        source = .standardInput
        path = name
    }

    /// What is piped or typed into the process. The process's own descriptor is never closed.
    public static func standardInput() -> ByteStream { ByteStream(standardInputNamed: "standard input") }

    private func readOnce(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        switch source {
        case .owned(let descriptor): try unsafe descriptor.read(into: buffer)
        case .standardInput: try unsafe Files.readOnce(STDIN_FILENO, path, into: buffer)
        }
    }

    /// What the file says of its size; 0 for what has none beforehand.
    private func expectedSize() throws(FileError) -> Int {
        switch source {
        case .owned(let descriptor): Int(clamping: try descriptor.status().size)
        case .standardInput: 0
        }
    }

    /// Reads what has arrived, waiting for at least one byte; empty at the end.
    private func readChunk(capacity: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            do throws(FileError) {
                count = try unsafe readOnce(into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// All the rest. More than `limit` bytes are refused with `tooLarge`.
    public mutating func readToEnd(limit: Int = ByteStream.defaultLimit) throws(FileError) -> [UInt8] {
        var bytes = Array(pending[place...])
        pending = []
        place = 0
        // One byte more than the file has, so that its end shows without a second buffer.
        var capacity = Swift.max(Self.chunk, Swift.min(try expectedSize(), limit) &+ 1)
        while bytes.count <= limit {
            let chunk = try readChunk(capacity: capacity)
            if chunk.isEmpty { return bytes }
            if bytes.isEmpty { bytes = chunk } else { bytes.append(contentsOf: chunk) }
            capacity = Self.chunk
        }
        throw FileError(.read, path, .tooLarge)
    }

    /// The next line without its newline, as soon as it is complete; the last one may lack the newline; nil at the end.
    /// A line of more than `limit` bytes is refused with `tooLarge`.
    public mutating func nextLine(limit: Int = 64 * 1024 * 1024) throws(FileError) -> [UInt8]? {
        var searched = place
        while true {
            if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { place = end + 1 }
                return Array(pending[place..<end])
            }
            guard pending.count - place <= limit else { throw FileError(.read, path, .tooLarge) }
            pending.removeFirst(place)
            place = 0
            searched = pending.count
            let chunk = try readChunk(capacity: Self.chunk)
            if chunk.isEmpty {
                defer { pending = [] }
                return pending.isEmpty ? nil : pending
            }
            pending.append(contentsOf: chunk)
        }
    }
}
