/// Tells texts apart by eight bytes of each, so that a text that was seen before need not be kept.
///
/// Sums of products with keys drawn at random when the process begins (NH, as in UMAC, RFC 4418): two different texts of one length
/// have the same fingerprint with a chance of about one in 2^63, whoever chose the texts, since nobody outside knows the keys.
/// Texts of different lengths are told apart by the caller.
///
/// Unsafe inside because it reads raw bytes, several at a time; all reads lie within the count that the caller gives.
@safe struct Fingerprint {
    /// Texts longer than this are taken in pieces.
    private static let pieceBytes = 1024
    private static let foldKeys = pieceBytes / 8

    /// Two words for each sixteen bytes of a piece, and four to fold the sum with. It lives as long as the process.
    private nonisolated(unsafe) static let keys: UnsafePointer<UInt64> = {
        let count = foldKeys + 4
        let keys = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        var random = SystemRandomNumberGenerator()
        for place in 0..<count { unsafe (keys + place).initialize(to: random.next()) }
        return unsafe UnsafePointer(keys)
    }()

    // A copy of the pointer, which needs no check whether the keys are there.
    private let keys: UnsafePointer<UInt64>

    init() {
        unsafe keys = Self.keys
    }

    @inline(__always)
    func callAsFunction(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        let raw = unsafe UnsafeRawPointer(bytes)
        return unsafe count <= Self.pieceBytes ? piece(raw, count) : long(raw, count)
    }

    private func long(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var state: UInt64 = 0
        for place in stride(from: 0, to: count, by: Self.pieceBytes) {
            let length = Swift.min(Self.pieceBytes, count - place)
            let next = unsafe piece(bytes + place, length)
            state = unsafe Self.folded(state ^ next ^ keys[Self.foldKeys + 2], keys[Self.foldKeys + 3] | 1)
        }
        return state
    }

    @inline(__always)
    private func piece(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var sum = Sum()
        var place = 0
        while place + 16 <= count {
            unsafe sum.add(word(bytes, place) &+ keys[place >> 3], word(bytes, place + 8) &+ keys[place >> 3 + 1])
            place += 16
        }
        if place < count {
            let (first, second) = unsafe rest(bytes, count)
            unsafe sum.add(first &+ keys[place >> 3], second &+ keys[place >> 3 + 1])
        }
        return unsafe Self.folded(sum.low ^ keys[Self.foldKeys], sum.high ^ keys[Self.foldKeys + 1])
    }

    /// The last bytes, where they are no sixteen: some of them twice rather than any from beyond the end.
    @inline(__always)
    private func rest(_ bytes: UnsafeRawPointer, _ count: Int) -> (UInt64, UInt64) {
        if count >= 16 { return unsafe (word(bytes, count - 16), word(bytes, count - 8)) }
        if count >= 8 { return unsafe (word(bytes, 0), word(bytes, count - 8)) }
        if count >= 4 { return unsafe (half(bytes, 0), half(bytes, count - 4)) }
        let first = unsafe bytes.load(as: UInt8.self)
        let middle = unsafe bytes.load(fromByteOffset: count / 2, as: UInt8.self)
        let last = unsafe bytes.load(fromByteOffset: count - 1, as: UInt8.self)
        return (UInt64(first) << 16 | UInt64(middle) << 8 | UInt64(last), 0)
    }

    @inline(__always)
    private func word(_ bytes: UnsafeRawPointer, _ place: Int) -> UInt64 {
        unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    }

    @inline(__always)
    private func half(_ bytes: UnsafeRawPointer, _ place: Int) -> UInt64 {
        unsafe UInt64(bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }

    private struct Sum {
        var low: UInt64 = 0
        var high: UInt64 = 0

        @inline(__always)
        mutating func add(_ first: UInt64, _ second: UInt64) {
            let product = first.multipliedFullWidth(by: second)
            let (sum, carries) = low.addingReportingOverflow(product.low)
            low = sum
            high = high &+ product.high &+ (carries ? 1 : 0)
        }
    }

    @inline(__always)
    private static func folded(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let product = first.multipliedFullWidth(by: second)
        return product.low ^ product.high
    }
}
