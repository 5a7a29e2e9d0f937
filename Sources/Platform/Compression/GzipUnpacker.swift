// As for the packer: the stream stays at one place, and pointers into buffers live as long as one call.
internal import CZlib

/// Unpacks a gzip stream piece by piece, never more than a limit in all. Used by one thread at a time.
///
/// Several streams one behind the other count as one, as gzip itself reads them.
@safe public final class GzipUnpacker {
    private let stream: UnsafeMutablePointer<z_stream>
    private let limit: Int
    private var unpackedCount = 0
    private var state = State.between

    private enum State {
        /// Before the first stream or behind a complete one.
        case between
        case inside
    }

    private static let pieceLength = 32 << 10

    /// - Parameter limit: a text longer than this is refused: a few kilobytes can unpack to gigabytes.
    public init(limit: Int) throws(CompressionError) {
        self.limit = limit
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .outOfMemory }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Takes a piece of the stream and hands out what it unpacks to.
    public func unpack(_ bytes: [UInt8]) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        let problem = unsafe bytes.withUnsafeBufferPointer { input -> CompressionError? in
            defer { unsafe stream.pointee.next_in = nil }
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(clamping: input.count)
            do throws(CompressionError) {
                while try step(&output) {}
                return nil
            } catch {
                return error
            }
        }
        if let problem { throw problem }
        return output
    }

    /// To be called behind the last piece: tells whether the stream is complete.
    public func finish() throws(CompressionError) {
        if state == .inside { throw .truncated }
    }

    /// A whole text at once.
    public static func unpack(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        if bytes.isEmpty { throw .truncated }
        let unpacker = try GzipUnpacker(limit: limit)
        let text = try unpacker.unpack(bytes)
        try unpacker.finish()
        return text
    }

    /// Unpacks once; false when there is nothing more to do with this input.
    private func step(_ output: inout [UInt8]) throws(CompressionError) -> Bool {
        if state == .between {
            guard unsafe stream.pointee.avail_in > 0 else { return false }
            unsafe inflateReset(stream)
            state = .inside
        }
        var status = Z_OK
        // One byte more than allowed tells a text that is too long from one that just fits.
        let room = min(Self.pieceLength, limit - unpackedCount + 1)
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            unsafe stream.pointee.next_out = buffer.baseAddress
            unsafe stream.pointee.avail_out = UInt32(room)
            status = unsafe inflate(stream, Z_NO_FLUSH)
            count = unsafe room - Int(stream.pointee.avail_out)
            unsafe stream.pointee.next_out = nil
        }
        unpackedCount += piece.count
        if unpackedCount > limit { throw .tooLong(limit: limit) }
        output += piece
        switch status {
        case Z_STREAM_END:
            state = .between
            return true
        case Z_OK: return unsafe stream.pointee.avail_in > 0 || piece.count == room
        // Nothing could be done: the input is used up.
        case Z_BUF_ERROR: return false
        case Z_MEM_ERROR: throw .outOfMemory
        default: throw unsafe .corrupt(stream.pointee.msg.map { unsafe String(cString: $0) } ?? "unknown data")
        }
    }
}
