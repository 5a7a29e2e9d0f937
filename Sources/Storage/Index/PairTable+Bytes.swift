// The bytes of pairs are read through pointers: every label of every new series passes here. Ranges come from the table
// itself or from packed labels, whose lengths were checked when they were made.
extension PairTable {
    /// The bytes of a pair as they stand in packed labels.
    func packedBytes(of pair: UInt32) -> ArraySlice<UInt8> {
        let record = pairs[Int(pair)]
        return bytes[Int(record.start)..<Int(record.start) + Int(record.length)]
    }

    func value(of pair: UInt32) -> String {
        let packed = packedBytes(of: pair)
        return String(decoding: packed[Self.valueStart(in: packed)...], as: UTF8.self)
    }

    /// Calls `body` with the bytes of the pair's value.
    func withValue<R>(of pair: UInt32, _ body: (ArraySlice<UInt8>) -> R) -> R {
        let packed = packedBytes(of: pair)
        return body(packed[Self.valueStart(in: packed)...])
    }

    static func text(ofField field: ArraySlice<UInt8>) -> String {
        var place = field.startIndex
        while field[place] >= 0x80 { place += 1 }
        return String(decoding: field[(place + 1)...], as: UTF8.self)
    }

    /// Where the bytes of the value begin in a packed pair.
    private static func valueStart(in packed: ArraySlice<UInt8>) -> Int {
        var place = packed.startIndex
        let nameLength = length(in: packed, at: &place)
        place += nameLength
        _ = length(in: packed, at: &place)
        return place
    }

    private static func length(in packed: ArraySlice<UInt8>, at place: inout Int) -> Int {
        var length = 0
        var shift = 0
        while true {
            let byte = packed[place]
            place += 1
            length |= Int(byte & 0x7f) << shift
            if byte < 0x80 { return length }
            shift += 7
        }
    }

    /// Calls `body` with each packed pair of packed labels, and the packed length of its name.
    @inline(__always)
    static func forEachPair(
        in packed: UnsafeBufferPointer<UInt8>,
        _ body: (UnsafeBufferPointer<UInt8>, Int) -> Bool
    ) -> Bool {
        var place = 0
        while place < packed.count {
            let start = place
            let nameLength = unsafe length(in: packed, at: &place)
            place += nameLength
            let nameEnd = place
            let valueLength = unsafe length(in: packed, at: &place)
            place += valueLength
            let pair = unsafe UnsafeBufferPointer(rebasing: packed[start..<place])
            guard unsafe body(pair, nameEnd - start) else { return false }
        }
        return true
    }

    @inline(__always)
    private static func length(in packed: UnsafeBufferPointer<UInt8>, at place: inout Int) -> Int {
        var length = 0
        var shift = 0
        while true {
            let byte = unsafe packed[place]
            place += 1
            length |= Int(byte & 0x7f) << shift
            if byte < 0x80 { return length }
            shift += 7
        }
    }
}

// MARK: - Comparing and hashing

extension PairTable {
    @inline(__always)
    static func areEqual(
        _ bytes: UnsafeBufferPointer<UInt8>,
        from start: Int,
        _ packed: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let left = UnsafeRawBufferPointer(bytes)
        let right = UnsafeRawBufferPointer(packed)
        var place = 0
        while place + 8 <= right.count {
            let known = unsafe left.loadUnaligned(fromByteOffset: start + place, as: UInt64.self)
            guard unsafe known == right.loadUnaligned(fromByteOffset: place, as: UInt64.self) else { return false }
            place += 8
        }
        while place < right.count {
            guard unsafe left[start + place] == right[place] else { return false }
            place += 1
        }
        return true
    }

    @inline(__always)
    func hash(_ packed: UnsafeBufferPointer<UInt8>) -> UInt32 {
        unsafe Self.hash(packed, seed: seed)
    }

    static func hash(of pair: UInt32, seed: UInt64, pairs: [Pair], bytes: [UInt8]) -> UInt32 {
        let record = pairs[Int(pair)]
        let start = Int(record.start)
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe hash(UnsafeBufferPointer(rebasing: bytes[start..<start + Int(record.length)]), seed: seed)
        }
    }

    /// Eight bytes at a time, each multiplied into the state and the two halves of the product folded together.
    @inline(__always)
    static func hash(_ packed: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt32 {
        let raw = UnsafeRawBufferPointer(packed)
        var state = seed ^ UInt64(truncatingIfNeeded: raw.count)
        var place = 0
        while place + 8 <= raw.count {
            let word = unsafe raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            state = mixed(state ^ word)
            place += 8
        }
        var rest: UInt64 = 0
        while place < raw.count {
            let byte = unsafe raw[place]
            rest = rest << 8 | UInt64(byte)
            place += 1
        }
        return UInt32(truncatingIfNeeded: mixed(state ^ rest))
    }

    @inline(__always)
    static func mixed(_ state: UInt64) -> UInt64 {
        let product = state.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
