/// How far two runs of bytes are the same, found by words: what most of a repeated scrape's time goes into.
///
/// Unsafe inside because it reads raw memory; both runs have at least as many bytes as the caller says.
enum EqualBytes {
    /// How many bytes of the two are the same from the start.
    @inline(__always)
    static func count(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let left = unsafe UnsafeRawPointer(left)
        let right = unsafe UnsafeRawPointer(right)
        var place = 0
        while place + 32 <= count {
            let first = unsafe word(left, place) ^ word(right, place)
            let second = unsafe word(left, place + 8) ^ word(right, place + 8)
            let third = unsafe word(left, place + 16) ^ word(right, place + 16)
            let fourth = unsafe word(left, place + 24) ^ word(right, place + 24)
            if first | second | third | fourth != 0 {
                if first != 0 { return place + first.trailingZeroBitCount / 8 }
                if second != 0 { return place + 8 + second.trailingZeroBitCount / 8 }
                if third != 0 { return place + 16 + third.trailingZeroBitCount / 8 }
                return place + 24 + fourth.trailingZeroBitCount / 8
            }
            place += 32
        }
        while place < count,
            unsafe left.load(fromByteOffset: place, as: UInt8.self)
                == right.load(fromByteOffset: place, as: UInt8.self)
        {
            place += 1
        }
        return place
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawPointer, _ place: Int) -> UInt64 {
        unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
    }
}
