/// Reads numbers and bytes one after the other from what may be anything: every read says when there is not enough.
@safe struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var place = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.bytes = bytes
    }

    var remaining: Int { unsafe bytes.count - place }

    mutating func byte() -> UInt8? {
        guard remaining > 0 else { return nil }
        defer { place += 1 }
        return unsafe bytes[place]
    }

    /// Seven bits a byte, least significant first, at most ten bytes.
    @inline(__always)
    mutating func number() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = byte(), shift < 64 {
            value |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    mutating func signedNumber() -> Int64? {
        number().map(Zigzag.decoded)
    }

    /// A number that must not exceed the limit.
    mutating func count(upTo limit: Int) -> Int? {
        guard let value = number(), value <= UInt64(limit) else { return nil }
        return Int(value)
    }

    mutating func word() -> UInt64? {
        guard remaining >= 8 else { return nil }
        defer { place += 8 }
        return unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// As many bytes as asked for.
    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= remaining else { return nil }
        defer { place += count }
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
    }

    /// Bytes with their count before them.
    mutating func field() -> [UInt8]? {
        guard let count = count(upTo: remaining), let bytes = unsafe take(count) else { return nil }
        return unsafe Array(bytes)
    }
}

/// Numbers near zero of either sign as small numbers without one.
enum Zigzag {
    @inline(__always)
    static func encoded(_ number: Int64) -> UInt64 { UInt64(bitPattern: number &<< 1 ^ number &>> 63) }

    @inline(__always)
    static func decoded(_ number: UInt64) -> Int64 {
        Int64(bitPattern: number &>> 1) ^ (0 &- Int64(bitPattern: number & 1))
    }
}
