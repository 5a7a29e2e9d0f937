// zlib keeps the address of its stream, so the stream stays at one place, which its owner frees. Pointers to input and
// output are set for one call of the library each and are gone from the stream when that call returns.
internal import CZlib

/// Packs a text piece by piece into one gzip stream. Used by one thread at a time.
@safe public final class GzipPacker {
    /// How hard to try: measured on answers of the API, the fourth level packs nearly as well as the sixth in half the time.
    public static let defaultLevel = 4

    private let stream: UnsafeMutablePointer<z_stream>
    private var isFinished = false

    // A piece of the output is at most so long, so that a call needs little memory.
    private static let pieceLength = 32 << 10

    public init(level: Int = defaultLevel) throws(CompressionError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 is the largest window, 16 more asks for gzip's header, 8 is zlib's usual use of memory.
        let status = unsafe deflateInit2_(
            stream,
            Int32(clamping: level),
            Z_DEFLATED,
            15 + 16,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard status == Z_OK else { throw .outOfMemory }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Takes a piece of the text and hands out what is packed so far, which may be nothing yet.
    public func pack(_ bytes: [UInt8]) -> [UInt8] {
        run(bytes, Z_NO_FLUSH)
    }

    /// Takes a piece and hands out all there is, so that a reader can unpack everything up to here.
    public func flush(_ bytes: [UInt8] = []) -> [UInt8] {
        run(bytes, Z_SYNC_FLUSH)
    }

    /// The end of the stream. Afterwards there is nothing more to pack.
    public func finish(_ bytes: [UInt8] = []) -> [UInt8] {
        let rest = run(bytes, Z_FINISH)
        isFinished = true
        return rest
    }

    /// A whole text at once.
    public static func pack(_ bytes: [UInt8], level: Int = defaultLevel) throws(CompressionError) -> [UInt8] {
        try GzipPacker(level: level).finish(bytes)
    }

    private func run(_ bytes: [UInt8], _ mode: Int32) -> [UInt8] {
        guard !isFinished else { return [] }
        var output: [UInt8] = []
        unsafe bytes.withUnsafeBufferPointer { input in
            // The library reads from the input only, whatever its type says.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(clamping: input.count)
            let rest = input.count - Int(clamping: UInt32(clamping: input.count))
            precondition(rest == 0, "a piece of a text is shorter than 4 GiB")
            repeat {
                output += piece(mode)
            } while unsafe stream.pointee.avail_out == 0
            unsafe stream.pointee.next_in = nil
        }
        return output
    }

    private func piece(_ mode: Int32) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceLength) { buffer, count in
            unsafe stream.pointee.next_out = buffer.baseAddress
            unsafe stream.pointee.avail_out = UInt32(buffer.count)
            _ = unsafe deflate(stream, mode)
            count = unsafe buffer.count - Int(stream.pointee.avail_out)
            unsafe stream.pointee.next_out = nil
        }
    }
}
