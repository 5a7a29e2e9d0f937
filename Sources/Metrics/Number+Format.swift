/// Numbers with a given number of digits, as Go's and C's `%f`, `%e` and `%g` print them: correctly rounded from the exact
/// value, ties to even.
extension Number {
    /// `%.*f`: so many digits after the point.
    public static func fixed(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return plain(value) }
        var decimal = ExactDecimal(value.magnitude)
        decimal.round(toDigits: decimal.point + digits)
        return sign(value) + decimal.positional(fraction: digits)
    }

    /// `%.*e`: one digit before the point and so many after it, and an exponent of at least two digits.
    public static func scientific(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return plain(value) }
        var decimal = ExactDecimal(value.magnitude)
        decimal.round(toDigits: digits + 1)
        return sign(value) + decimal.scientific(fraction: digits)
    }

    /// `%.*g`: so many significant digits, without zeros at the end, with an exponent below -4 and from `digits` on.
    public static func general(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return plain(value) }
        var decimal = ExactDecimal(value.magnitude)
        let significant = max(digits, 1)
        decimal.round(toDigits: significant)
        let exponent = decimal.exponent
        guard exponent < -4 || exponent >= significant else {
            return sign(value) + decimal.positional(fraction: max(0, decimal.digits.count - decimal.point))
        }
        return sign(value) + decimal.scientific(fraction: max(0, decimal.digits.count - 1))
    }

    /// `%e` with the fewest digits that read back as the same value.
    public static func scientific(_ value: Double) -> String {
        guard value.isFinite else { return plain(value) }
        guard value != 0 else { return sign(value) + "0e+00" }
        // Seventeen digits always suffice.
        for digits in 0..<17 {
            let text = scientific(value, digits: digits)
            if Double(text) == value { return text }
        }
        return scientific(value, digits: 17)
    }

    private static func sign(_ value: Double) -> String { value.sign == .minus ? "-" : "" }
}

/// All decimal digits of a finite number that is not negative: a double is a whole number times a power of two, and so has
/// finitely many, at most 1075.
private struct ExactDecimal {
    /// Values 0 to 9, without zeros at either end; empty for zero.
    private(set) var digits: [UInt8]
    /// How many digits stand before the point; may be negative or more than there are.
    private(set) var point: Int

    init(_ value: Double) {
        guard value > 0 else {
            digits = []
            point = 0
            return
        }
        let isNormal = value.exponentBitPattern > 0
        let mantissa = value.significandBitPattern | (isNormal ? 1 << 52 : 0)
        let power = (isNormal ? Int(value.exponentBitPattern) : 1) - 1075
        var whole = DecimalExpansion(mantissa)
        if power >= 0 {
            whole.multiply(by: 2, times: power)
        } else {
            // m / 2^k is m * 5^k / 10^k.
            whole.multiply(by: 5, times: -power)
        }
        digits = whole.digits
        point = digits.count + min(power, 0)
        trim()
    }

    /// The power of ten of the first digit.
    var exponent: Int { digits.isEmpty ? 0 : point - 1 }

    /// Keeps so many digits from the first, none if the count is not positive.
    mutating func round(toDigits count: Int) {
        guard count < digits.count else { return }
        guard count >= 0 else {
            digits = []
            return
        }
        let isUp: Bool
        if digits[count] == 5, count + 1 == digits.count {
            isUp = count > 0 && digits[count - 1] % 2 == 1
        } else {
            isUp = digits[count] >= 5
        }
        digits.removeLast(digits.count - count)
        if isUp { increment() }
        trim()
    }

    private mutating func increment() {
        while let last = digits.popLast() {
            if last < 9 {
                digits.append(last + 1)
                return
            }
        }
        digits = [1]
        point += 1
    }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
    }

    func positional(fraction: Int) -> String {
        var text: [UInt8] = []
        if digits.isEmpty || point <= 0 { text.append(UInt8(ascii: "0")) }
        if !digits.isEmpty, point > 0 {
            for index in 0..<point { text.append(digit(index)) }
        }
        if fraction > 0 {
            text.append(UInt8(ascii: "."))
            for index in point..<point + fraction { text.append(digit(index)) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    func scientific(fraction: Int) -> String {
        var text = [digit(0)]
        if fraction > 0 {
            text.append(UInt8(ascii: "."))
            for index in 1...fraction { text.append(digit(index)) }
        }
        let power = exponent.magnitude
        return String(decoding: text, as: UTF8.self) + (exponent < 0 ? "e-" : "e+") + (power < 10 ? "0" : "")
            + String(power)
    }

    private func digit(_ index: Int) -> UInt8 {
        UInt8(ascii: "0") + (index >= 0 && index < digits.count ? digits[index] : 0)
    }
}

/// A whole number of any size, in parts of nine decimal digits, the least first.
private struct DecimalExpansion {
    private static let base: UInt64 = 1_000_000_000
    private var parts: [UInt64]

    init(_ value: UInt64) {
        parts = []
        var rest = value
        while rest > 0 {
            parts.append(rest % Self.base)
            rest /= Self.base
        }
    }

    mutating func multiply(by factor: UInt64, times: Int) {
        // As many at once as stay below the base, so that a product and its carry fit 64 bits.
        let atOnce = factor == 2 ? 29 : 12
        var left = times
        while left > 0 {
            let count = min(left, atOnce)
            multiply(by: (0..<count).reduce(1) { product, _ in product * factor })
            left -= count
        }
    }

    private mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in parts.indices {
            let product = parts[index] * factor + carry
            parts[index] = product % Self.base
            carry = product / Self.base
        }
        if carry > 0 { parts.append(carry) }
    }

    var digits: [UInt8] {
        var result = [UInt8](repeating: 0, count: 9 * parts.count)
        var place = result.count
        for var part in parts {
            for _ in 0..<9 {
                place -= 1
                result[place] = UInt8(truncatingIfNeeded: part % 10)
                part /= 10
            }
        }
        let zeros = result.prefix { $0 == 0 }.count
        result.removeFirst(zeros)
        return result
    }
}
