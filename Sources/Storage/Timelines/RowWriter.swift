import Metrics

/// Copies the values of a frame into its row and notes for each slot whether it went on as before. Every sample passes here,
/// so it works on four at once, and with masks instead of choices: a gauge falls as often as it rises, which no branch
/// could foresee.
enum RowWriter {
    private typealias Values = SIMD4<Double>
    private typealias Frames = SIMD4<UInt32>

    /// A column that falls, or has no number now or before, is irregular from this frame on; one without a number now, from
    /// the next one on. Returns how many values are samples.
    static func write(
        _ values: UnsafeBufferPointer<Double>,
        to row: UnsafeMutablePointer<Double>,
        after previous: UnsafePointer<Double>,
        frame: UInt32,
        _ lastIrregular: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        guard let source = values.baseAddress, let last = lastIrregular.baseAddress else { return 0 }
        let vectored = values.count & ~3
        var holes = SIMD4<UInt64>(repeating: 0)
        for index in stride(from: 0, to: vectored, by: 4) {
            let value = unsafe UnsafeRawPointer(source + index).loadUnaligned(as: Values.self)
            let before = unsafe UnsafeRawPointer(previous + index).loadUnaligned(as: Values.self)
            unsafe UnsafeMutableRawPointer(row + index).storeBytes(of: value, as: Values.self)
            let bits = unsafe unsafeBitCast(value, to: SIMD4<UInt64>.self)
            holes &-= unsafe unsafeBitCast(bits .== MarkerNaN.absentBits, to: SIMD4<UInt64>.self)
            // A mask is minus one where it holds.
            let isNumber = unsafe Frames(truncatingIfNeeded: unsafeBitCast(value .== value, to: SIMD4<UInt64>.self))
            let goesOn = unsafe Frames(truncatingIfNeeded: unsafeBitCast(value .>= before, to: SIMD4<UInt64>.self))
            let irregular = isNumber &+ (frame &+ 1)
            let known = unsafe UnsafeRawPointer(last + index).loadUnaligned(as: Frames.self)
            unsafe UnsafeMutableRawPointer(last + index)
                .storeBytes(of: known & goesOn | irregular & ~goesOn, as: Frames.self)
        }
        var samples = values.count - Int(truncatingIfNeeded: holes.wrappedSum())
        for index in vectored..<values.count {
            let value = unsafe source[index]
            unsafe row[index] = value
            if value.isAbsent { samples -= 1 }
            if unsafe !(value >= previous[index]) { unsafe last[index] = value.isNaN ? frame &+ 1 : frame }
        }
        return samples
    }
}
