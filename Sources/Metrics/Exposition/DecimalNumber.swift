/// A decimal number as it was read: `mantissa` times ten to the `exponent`, to be rounded to the nearest double.
///
/// Three ways to the exact result, from the shortest: one floating-point operation whose operands are exact, one
/// division of 128 by 64 bits whose remainder tells how to round, and arithmetic without bounds for what is left.
struct DecimalNumber {
    var isNegative = false
    var mantissa: UInt64 = 0
    var exponent = 0

    /// The nearest double, ties to even; nil where neither short way applies.
    @inline(__always)
    var shortValue: Double? {
        let magnitude: Double
        if exponent == 0 {
            magnitude = Double(mantissa)
        } else if mantissa < 1 << 53 && -22 <= exponent && exponent <= 22 {
            // Both operands are exact, so the one rounding of the operation is the right one.
            magnitude =
                exponent < 0
                ? Double(mantissa) / PowersOf.ten[-exponent] : Double(mantissa) * PowersOf.ten[exponent]
        } else if let value = longValue {
            magnitude = value
        } else {
            return nil
        }
        return isNegative ? -magnitude : magnitude
    }

    /// Through whole numbers of 128 bits: right for every mantissa as long as the power of five fits 64 bits.
    private var longValue: Double? {
        guard -27 <= exponent && exponent <= 27 else { return nil }
        guard mantissa != 0 else { return 0 }
        let five = PowersOf.five[abs(exponent)]
        if exponent > 0 {
            let (high, low) = mantissa.multipliedFullWidth(by: five)
            return Double(roundingHigh: high, low: low, exponent: exponent)
        }
        // Numerator and denominator fill their words, so that the quotient has 63 or 64 bits, more than rounding needs.
        let up = mantissa.leadingZeroBitCount
        let down = five.leadingZeroBitCount
        let numerator = mantissa << UInt64(up)
        let denominator = five << UInt64(down)
        let halved = numerator >= denominator
        let (quotient, remainder) = denominator.dividingFullWidth(
            halved ? (numerator >> 1, numerator << 63) : (numerator, 0)
        )
        // value = quotient * 2^(-64 + halved - up + down) * 2^exponent, the last since 10 is 2 times 5.
        return Double(
            roundingHigh: quotient,
            low: remainder == 0 ? 0 : 1,
            exponent: exponent - 128 + (halved ? 1 : 0) - up + down
        )
    }
}

enum PowersOf {
    /// The powers of ten that a double holds exactly.
    static let ten: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The powers of five that 64 bits hold.
    static let five: [UInt64] = [
        1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1_953_125, 9_765_625, 48_828_125, 244_140_625, 1_220_703_125,
        6_103_515_625, 30_517_578_125, 152_587_890_625, 762_939_453_125, 3_814_697_265_625, 19_073_486_328_125,
        95_367_431_640_625, 476_837_158_203_125, 2_384_185_791_015_625, 11_920_928_955_078_125,
        59_604_644_775_390_625, 298_023_223_876_953_125, 1_490_116_119_384_765_625, 7_450_580_596_923_828_125,
    ]
}

extension Double {
    /// The double nearest to `(high * 2^64 + low) * 2^exponent`, ties to even; infinity where it is beyond the largest.
    ///
    /// `low` needs to be right only in whether it is zero, as long as `high` has its top bits set.
    init(roundingHigh high: UInt64, low: UInt64, exponent: Int) {
        guard high != 0 || low != 0 else {
            self = 0
            return
        }
        let shift = high == 0 ? 64 + low.leadingZeroBitCount : high.leadingZeroBitCount
        let bits: UInt64
        let rest: UInt64
        if shift >= 64 {
            (bits, rest) = (low << UInt64(shift - 64), 0)
        } else {
            bits = shift == 0 ? high : high << UInt64(shift) | low >> UInt64(64 - shift)
            rest = low << UInt64(shift)
        }
        // The value is now (bits + rest/2^64) * 2^(64 - shift + exponent), and the top bit of `bits` is set.
        self = Double(normalized: bits, hasRest: rest != 0, exponent: 64 - shift + exponent)
    }

    /// The double nearest to `bits * 2^exponent` plus a little where `hasRest`; the top bit of `bits` is set.
    private init(normalized bits: UInt64, hasRest: Bool, exponent: Int) {
        let top = exponent + 63
        guard top <= 1023 else {
            self = .infinity
            return
        }
        // A normal number keeps 53 bits, a subnormal one as many as its place leaves.
        let dropped = top < -1022 ? 11 + (-1022 - top) : 11
        guard dropped <= 64 else {
            self = 0
            return
        }
        let kept = dropped == 64 ? 0 : bits >> UInt64(dropped)
        let half: UInt64 = 1 << UInt64(dropped - 1)
        let tail = dropped == 64 ? bits : bits & (half << 1 &- 1)
        let roundsUp = tail > half || tail == half && (hasRest || kept & 1 == 1)
        let significand = kept + (roundsUp ? 1 : 0)
        // Adding the fields lets a carry out of the significand move the exponent, up to infinity.
        let field = top < -1022 ? 0 : UInt64(top + 1022)
        self = Double(bitPattern: field << 52 &+ significand)
    }
}
