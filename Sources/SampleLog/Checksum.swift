/// CRC-32C (Castagnoli), eight bytes at a time by tables.
enum Checksum {
    private static let polynomial: UInt32 = 0x82F6_3B78

    /// Eight tables of 256: the effect of a byte at each of eight places. A bare pointer for the loop's sake; it lives as long
    /// as the process.
    nonisolated(unsafe) private static let tables: UnsafePointer<UInt32> = {
        let tables = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
        unsafe tables.initialize(repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
            unsafe tables[byte] = value
        }
        for place in 1..<8 {
            for byte in 0..<256 {
                let before = unsafe tables[(place - 1) * 256 + byte]
                unsafe tables[place * 256 + byte] = unsafe before >> 8 ^ tables[Int(before & 0xff)]
            }
        }
        return unsafe UnsafePointer(tables)
    }()

    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let tables = unsafe tables
        var state: UInt32 = .max
        var place = 0
        while place + 8 <= bytes.count {
            let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let mixed = word ^ UInt64(state)
            state = 0
            for index in 0..<8 {
                let byte = Int(truncatingIfNeeded: mixed &>> UInt64(8 &* index)) & 0xff
                unsafe state ^= tables[(7 &- index) &* 256 &+ byte]
            }
            place &+= 8
        }
        while place < bytes.count {
            unsafe state = state &>> 8 ^ tables[Int(truncatingIfNeeded: state & 0xff) ^ Int(bytes[place])]
            place &+= 1
        }
        return ~state
    }
}
