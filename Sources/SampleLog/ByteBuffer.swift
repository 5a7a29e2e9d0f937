/// Bytes on their way to a file. Keeps its room when it is emptied, so that filling it again allocates nothing.
struct ByteBuffer: Sendable {
    private var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func removeAll() { count = 0 }

    /// Gives back room that only an exception needed.
    mutating func shrink(to limit: Int) {
        if bytes.count > limit {
            bytes = []
            count = 0
        }
    }

    /// Calls `body` with the filled part.
    func withSpan<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(bytes.span.extracting(0..<count))
    }

    /// Lets `body` write up to `room` bytes at the end; it returns how many it wrote.
    @inline(__always)
    mutating func append(room: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
        if bytes.count - count < room {
            let size = Swift.max(bytes.count * 2, count + room, 4096)
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
        }
        let start = count
        let written = unsafe bytes.withUnsafeMutableBytes { target in
            guard let base = target.baseAddress else { return 0 }
            return unsafe body(base + start)
        }
        precondition(written <= room, "wrote beyond the room asked for")
        count += written
    }
}

/// Where a record's payload is being written.
@safe struct ByteWriter {
    private let start: UnsafeMutableRawPointer
    private(set) var count = 0

    /// There must be room for all that will be written.
    init(at start: UnsafeMutableRawPointer) {
        unsafe self.start = start
    }

    @inline(__always)
    mutating func byte(_ byte: UInt8) {
        unsafe start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    @inline(__always)
    mutating func number(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func signedNumber(_ number: Int64) { self.number(Zigzag.encoded(number)) }

    @inline(__always)
    mutating func word(_ word: UInt64) {
        unsafe start.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
        count &+= 8
    }

    mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
        if let source = bytes.baseAddress { unsafe (start + count).copyMemory(from: source, byteCount: bytes.count) }
        count += bytes.count
    }

    /// Bytes with their count before them.
    mutating func field(_ field: [UInt8]) {
        number(UInt64(field.count))
        unsafe field.withUnsafeBytes { unsafe bytes($0) }
    }
}
