import Metrics

/// Writes frames as what has changed since the one before, and reads them back.
///
/// A bit for each slot says whether it has changed at all. For each that has: the difference of the values as whole numbers
/// of as many decimals as the slot's values have had lately; or how many decimals they have from now on; or the bits
/// themselves. Both sides keep the same frame and the same decimals, so a log must be read from the start of its file.
@safe struct FrameCodec {
    private var values: [Double] = []
    private var decimals: [UInt8] = []
    private var time: Int64 = 0

    // What a byte says instead of a difference, whose lowest bit is 0. Below 8: from now on so many decimals, and then the
    // difference.
    private static let decimalsLimit = 8
    private static let bits: UInt8 = 8 << 1 | 1
    private static let absent: UInt8 = 9 << 1 | 1
    private static let stale: UInt8 = 10 << 1 | 1

    /// The most bytes that a frame takes: time and count, the bits, eleven bytes a value.
    static func room(for slots: Int) -> Int { 32 + (slots + 63) / 64 * 8 + slots * 11 }

    init() {}

    private mutating func widen(to slots: Int) {
        guard values.count < slots else { return }
        values.append(contentsOf: repeatElement(MarkerNaN.absent, count: slots - values.count))
        decimals.append(contentsOf: repeatElement(0, count: slots - decimals.count))
    }

    // MARK: - Numbers

    private static let rounder = 0x1.8p52
    private static let limit = 0x1p51

    /// The value as a whole number of so many decimals, when that is exactly what it is.
    @inline(__always)
    private static func exact(_ value: Double, _ decimals: UInt8) -> Int64? {
        let power = power(decimals)
        let scaled = value * power
        let shifted = scaled + rounder
        guard scaled.magnitude < limit, ((shifted - rounder) / power).bitPattern == value.bitPattern else { return nil }
        return Int64(bitPattern: shifted.bitPattern) &- Int64(bitPattern: rounder.bitPattern)
    }

    /// The value as a whole number near it; 0 for what is none.
    @inline(__always)
    private static func near(_ value: Double, _ decimals: UInt8) -> Int64 {
        let scaled = value * power(decimals)
        guard scaled.magnitude < limit else { return 0 }
        return Int64(bitPattern: (scaled + rounder).bitPattern) &- Int64(bitPattern: rounder.bitPattern)
    }

    @inline(__always)
    private static func value(_ number: Int64, _ decimals: UInt8) -> Double { Double(number) / power(decimals) }

    @inline(__always)
    private static func power(_ decimals: UInt8) -> Double {
        switch decimals {
        case 0: 1
        case 1: 1e1
        case 2: 1e2
        case 3: 1e3
        case 4: 1e4
        case 5: 1e5
        case 6: 1e6
        default: 1e7
        }
    }
}

// MARK: - Writing

extension FrameCodec {
    /// Writes a frame; `room(for:)` bytes must be free.
    mutating func write(_ frame: UnsafeBufferPointer<Double>, at time: Int64, to writer: inout ByteWriter) {
        widen(to: frame.count)
        writer.signedNumber(time &- self.time)
        writer.number(UInt64(frame.count))
        self.time = time
        unsafe values.withUnsafeMutableBufferPointer { values in
            for start in stride(from: 0, to: frame.count, by: 64) {
                let end = Swift.min(start + 64, frame.count)
                var changed: UInt64 = 0
                for slot in start..<end {
                    let differs = unsafe frame[slot].bitPattern != values[slot].bitPattern
                    changed |= (differs ? 1 : 0) &<< UInt64(truncatingIfNeeded: slot &- start)
                }
                writer.word(changed)
            }
            for slot in 0..<frame.count where unsafe frame[slot].bitPattern != values[slot].bitPattern {
                unsafe Self.write(frame[slot], after: values[slot], &decimals[slot], to: &writer)
                unsafe values[slot] = frame[slot]
            }
        }
    }

    @inline(__always)
    private static func write(
        _ value: Double,
        after former: Double,
        _ decimals: inout UInt8,
        to writer: inout ByteWriter
    ) {
        if let number = exact(value, decimals) {
            writer.number(Zigzag.encoded(number &- near(former, decimals)) &<< 1)
        } else {
            writeUnusual(value, after: former, &decimals, to: &writer)
        }
    }

    private static func writeUnusual(
        _ value: Double,
        after former: Double,
        _ decimals: inout UInt8,
        to writer: inout ByteWriter
    ) {
        if value.isAbsent { return writer.byte(absent) }
        if value.isStaleMarker { return writer.byte(stale) }
        for candidate in 0..<UInt8(decimalsLimit) {
            guard let number = exact(value, candidate) else { continue }
            writer.byte(candidate << 1 | 1)
            writer.signedNumber(number &- near(former, candidate))
            decimals = candidate
            return
        }
        writer.byte(bits)
        writer.word(value.bitPattern)
    }
}

// MARK: - Reading

extension FrameCodec {
    /// Reads the next frame and hands it on; false when the bytes are no frame.
    mutating func read(
        _ reader: inout ByteReader,
        slotLimit: Int,
        _ body: (Int64, UnsafeBufferPointer<Double>) -> Void
    ) -> Bool {
        guard let step = reader.signedNumber(), let count = reader.count(upTo: slotLimit),
            let bitmap = unsafe reader.take((count + 63) / 64 * 8)
        else { return false }
        widen(to: count)
        for slot in 0..<count where unsafe bitmap[slot >> 3] &>> UInt8(slot & 7) & 1 == 1 {
            guard let value = Self.read(&reader, after: values[slot], &decimals[slot]) else { return false }
            values[slot] = value
        }
        time = time &+ step
        unsafe values.withUnsafeBufferPointer { unsafe body(time, UnsafeBufferPointer(rebasing: $0[..<count])) }
        return true
    }

    @inline(__always)
    private static func read(_ reader: inout ByteReader, after former: Double, _ decimals: inout UInt8) -> Double? {
        guard let number = reader.number() else { return nil }
        if number & 1 == 0 { return value(near(former, decimals) &+ Zigzag.decoded(number &>> 1), decimals) }
        switch UInt8(truncatingIfNeeded: number) {
        case absent: return MarkerNaN.absent
        case stale: return MarkerNaN.stale
        case bits: return reader.word().map { Double(bitPattern: $0) }
        case let code where Int(code >> 1) < decimalsLimit && number < 0x80:
            guard let difference = reader.signedNumber() else { return nil }
            decimals = code >> 1
            return value(near(former, decimals) &+ difference, decimals)
        default: return nil
        }
    }
}
