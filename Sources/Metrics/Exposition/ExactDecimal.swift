/// Whole numbers without bounds, for the decimal numbers that no short way rounds right: very long ones, very large and
/// very small ones. Slow and exact; no exposition has many of them.
struct WholeNumber {
    /// Least significant word first, without zero words at the end.
    private var words: [UInt64] = []

    init(_ value: UInt64) {
        words = value == 0 ? [] : [value]
    }

    var isZero: Bool { words.isEmpty }

    var bitCount: Int { words.isEmpty ? 0 : words.count * 64 - words[words.count - 1].leadingZeroBitCount }

    mutating func multiply(by factor: UInt64, adding addend: UInt64 = 0) {
        var carry = addend
        for index in words.indices {
            let (high, low) = words[index].multipliedFullWidth(by: factor)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            words[index] = sum
            carry = high &+ (overflow ? 1 : 0)
        }
        if carry != 0 { words.append(carry) }
    }

    mutating func multiply(byPowerOfFive exponent: Int) {
        var rest = exponent
        while rest > 0 {
            let step = min(rest, 27)
            multiply(by: PowersOf.five[step])
            rest -= step
        }
    }

    mutating func shiftLeft(_ count: Int) {
        guard !words.isEmpty, count > 0 else { return }
        let bits = UInt64(count % 64)
        if bits > 0 {
            var carry: UInt64 = 0
            for index in words.indices {
                let word = words[index]
                words[index] = word << bits | carry
                carry = word >> (64 - bits)
            }
            if carry != 0 { words.append(carry) }
        }
        words.insert(contentsOf: repeatElement(0, count: count / 64), at: 0)
    }

    /// Takes `other` away where it is not larger, and tells whether it did.
    mutating func subtract(ifNotSmallerThan other: WholeNumber) -> Bool {
        guard !isSmaller(than: other) else { return false }
        var borrow: UInt64 = 0
        for index in words.indices {
            let (first, below) = words[index].subtractingReportingOverflow(
                index < other.words.count ? other.words[index] : 0
            )
            let (second, again) = first.subtractingReportingOverflow(borrow)
            words[index] = second
            borrow = below || again ? 1 : 0
        }
        while words.last == 0 {
            words.removeLast()
        }
        return true
    }

    private func isSmaller(than other: WholeNumber) -> Bool {
        if words.count != other.words.count { return words.count < other.words.count }
        for index in words.indices.reversed() where words[index] != other.words[index] {
            return words[index] < other.words[index]
        }
        return false
    }
}

extension Double {
    /// More digits than this cannot move the value off or across the middle between two doubles; whether any of them is
    /// not zero can.
    private static let digitsMax = 800

    /// The double nearest to the decimal number of these digits times ten to the `exponent`, ties to even.
    ///
    /// `digits` are ASCII digits, with any other bytes (the point) between them left out of account.
    init(exactly digits: some Sequence<UInt8>, exponent: Int) {
        var numerator = WholeNumber(0)
        var (used, exponent, hasRest) = (0, exponent, false)
        for byte in digits where UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9") {
            let digit = UInt64(byte - UInt8(ascii: "0"))
            if used == 0 && digit == 0 { continue }
            if used == Self.digitsMax {
                hasRest = hasRest || digit != 0
                exponent += 1
            } else {
                numerator.append(digit)
                used += 1
            }
        }
        if numerator.isZero || exponent < -400 - used {
            self = 0
        } else if exponent > 400 {
            self = .infinity
        } else {
            self.init(numerator, timesTenTo: exponent, hasRest: hasRest)
        }
    }

    private init(_ whole: WholeNumber, timesTenTo exponent: Int, hasRest: Bool) {
        var numerator = whole
        var denominator = WholeNumber(1)
        if exponent >= 0 {
            numerator.multiply(byPowerOfFive: exponent)
        } else {
            denominator.multiply(byPowerOfFive: -exponent)
        }
        // Brought to the same length, the quotient lies between a half and two, and long division yields it bit by bit.
        let difference = numerator.bitCount - denominator.bitCount
        numerator.shiftLeft(-difference)
        denominator.shiftLeft(difference)
        var quotient: UInt64 = 0
        var bits = 0
        while quotient.leadingZeroBitCount > 0 {
            quotient = quotient << 1 | (numerator.subtract(ifNotSmallerThan: denominator) ? 1 : 0)
            numerator.shiftLeft(1)
            bits += 1
        }
        let rest: UInt64 = numerator.isZero && !hasRest ? 0 : 1
        self.init(roundingHigh: quotient, low: rest, exponent: difference + exponent - (bits - 1) - 64)
    }
}

extension WholeNumber {
    fileprivate mutating func append(_ digit: UInt64) {
        if isZero {
            self = WholeNumber(digit)
        } else {
            multiply(by: 10, adding: digit)
        }
    }
}
