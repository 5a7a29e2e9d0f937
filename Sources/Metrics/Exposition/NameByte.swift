/// Which bytes names are made of, as words of bits: one shift tells.
enum NameByte {
    private static let letters: UInt64 = 0x07ff_fffe_87ff_fffe
    private static let digits: UInt64 = 0x03ff_0000_0000_0000
    private static let colon: UInt64 = 0x0400_0000_0000_0000

    @inline(__always)
    static func isNameStart(_ byte: UInt8) -> Bool { isIn(byte, low: colon) }

    @inline(__always)
    static func isName(_ byte: UInt8) -> Bool { isIn(byte, low: colon | digits) }

    @inline(__always)
    static func isLabelStart(_ byte: UInt8) -> Bool { isIn(byte, low: 0) }

    @inline(__always)
    static func isLabel(_ byte: UInt8) -> Bool { isIn(byte, low: digits) }

    @inline(__always)
    private static func isIn(_ byte: UInt8, low: UInt64) -> Bool {
        let word = byte < 64 ? low : byte < 128 ? letters : 0
        return word >> UInt64(byte & 63) & 1 == 1
    }

    /// Where the metric name that begins at `start` ends.
    @inline(__always)
    static func endOfName(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var place = start
        while unsafe place < end && isName(bytes[place]) {
            place += 1
        }
        return place
    }

    /// Where the label name that begins at `start` ends.
    @inline(__always)
    static func endOfLabel(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var place = start
        while unsafe place < end && isLabel(bytes[place]) {
            place += 1
        }
        return place
    }
}
