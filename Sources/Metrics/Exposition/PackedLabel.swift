/// One label on its way into the packed form of `Labels`.
///
/// Unsafe inside because it points into the body being parsed, which outlives the building of one set.
@safe struct PackedLabel {
    let name: UnsafePointer<UInt8>
    let nameCount: Int
    let value: UnsafePointer<UInt8>
    let valueCount: Int
    /// Whether the value is a whole number to be written with `.0` behind it.
    let isWhole: Bool

    init(
        name: UnsafePointer<UInt8>,
        nameCount: Int,
        value: UnsafePointer<UInt8>,
        valueCount: Int,
        isWhole: Bool
    ) {
        unsafe self.name = name
        self.nameCount = nameCount
        unsafe self.value = value
        self.valueCount = valueCount
        self.isWhole = isWhole
    }

    private var writtenCount: Int { valueCount + (isWhole ? 2 : 0) }

    private func isBefore(_ other: PackedLabel) -> Bool {
        let common = Swift.min(nameCount, other.nameCount)
        let order = unsafe MetricNameLabel.compare(name, common, other.name)
        return order != 0 ? order < 0 : nameCount < other.nameCount
    }

    /// Sorts the pieces, which are few and mostly in order, and lays them one behind the other.
    static func pack(_ pieces: UnsafeMutableBufferPointer<PackedLabel>) -> Labels {
        var size = 0
        for index in 0..<pieces.count {
            let piece = unsafe pieces[index]
            size += piece.nameCount + piece.writtenCount
            size += lengthBytes(piece.nameCount) + lengthBytes(piece.writtenCount)
            var place = index
            while unsafe place > 0 && piece.isBefore(pieces[place - 1]) {
                unsafe pieces[place] = pieces[place - 1]
                place -= 1
            }
            if place != index { unsafe pieces[place] = piece }
        }
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            // The size was just added up, so the buffer has an address whenever there is something to write.
            guard var end = buffer.baseAddress else { return }
            for index in 0..<pieces.count {
                let piece = unsafe pieces[index]
                unsafe append(piece.name, piece.nameCount, length: piece.nameCount, to: &end)
                unsafe append(piece.value, piece.valueCount, length: piece.writtenCount, to: &end)
                if piece.isWhole {
                    unsafe end[0] = UInt8(ascii: ".")
                    unsafe end[1] = UInt8(ascii: "0")
                    unsafe end += 2
                }
            }
            count = size
        }
        return Labels(packed: packed)
    }

    private static func lengthBytes(_ count: Int) -> Int {
        var (bytes, rest) = (1, count >> 7)
        while rest > 0 {
            bytes += 1
            rest >>= 7
        }
        return bytes
    }

    private static func append(
        _ bytes: UnsafePointer<UInt8>,
        _ count: Int,
        length: Int,
        to end: inout UnsafeMutablePointer<UInt8>
    ) {
        var rest = length
        while rest >= 0x80 {
            unsafe end.initialize(to: UInt8(truncatingIfNeeded: rest) | 0x80)
            unsafe end += 1
            rest >>= 7
        }
        unsafe end.initialize(to: UInt8(rest))
        unsafe end += 1
        unsafe end.initialize(from: bytes, count: count)
        unsafe end += count
    }
}
