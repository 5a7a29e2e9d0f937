internal import Metrics

extension GoFormatter {
    // MARK: Texts

    mutating func printText(_ text: String, _ verb: Character, _ value: TemplateValue) {
        switch verb {
        case "v", "s":
            if verb == "v", flags.sharp { pad(Quoting.quoted(text)) } else { pad(cut(text)) }
        case "q":
            let text = cut(text)
            if flags.sharp,
                !text.unicodeScalars.contains(where: {
                    $0 == "`" || ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F
                })
            {
                pad("`" + text + "`")
            } else {
                pad(Quoting.quoted(text, onlyASCII: flags.plus))
            }
        case "x": pad(hexadecimal(text, "0123456789abcdef", "0x"))
        case "X": pad(hexadecimal(text, "0123456789ABCDEF", "0X"))
        default: reportVerb(value, verb)
        }
    }

    /// A precision is how many characters are kept.
    private func cut(_ text: String) -> String {
        guard let precision = flags.precision, text.unicodeScalars.count > precision else { return text }
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: text.unicodeScalars.prefix(precision))
        return String(kept)
    }

    private func hexadecimal(_ text: String, _ digits: String, _ prefix: String) -> String {
        let digits = Array(digits.utf8)
        let bytes = text.utf8.prefix(min(flags.precision ?? .max, context.limits.output + 1))
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if flags.space, index > 0 { result.append(UInt8(ascii: " ")) }
            if flags.sharp, index == 0 || flags.space { result += prefix.utf8 }
            result += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: result, as: UTF8.self)
    }

    // MARK: Whole numbers

    mutating func printInteger(_ number: Int64, _ verb: Character, _ value: TemplateValue) {
        switch verb {
        case "v", "d": printDigits(number, radix: 10)
        case "b": printDigits(number, radix: 2, prefix: flags.sharp ? "0b" : "")
        case "o": printDigits(number, radix: 8, prefix: flags.sharp ? "0" : "")
        case "O": printDigits(number, radix: 8, prefix: "0o")
        case "x": printDigits(number, radix: 16, prefix: flags.sharp ? "0x" : "")
        case "X": printDigits(number, radix: 16, prefix: flags.sharp ? "0X" : "", uppercase: true)
        case "c": pad(String(Self.scalar(number)))
        case "q": pad(Quoting.quoted(Self.scalar(number), onlyASCII: flags.plus))
        case "U": printCodePoint(number)
        default: reportVerb(value, verb)
        }
    }

    private static func scalar(_ number: Int64) -> UnicodeScalar {
        UInt32(exactly: number).flatMap(UnicodeScalar.init) ?? "\u{FFFD}"
    }

    private mutating func printCodePoint(_ number: Int64) {
        let digits = String(UInt64(bitPattern: number), radix: 16, uppercase: true)
        var text =
            "U+" + String(repeating: "0", count: max(0, max(4, bounded(flags.precision) ?? 0) - digits.count)) + digits
        let scalar = Self.scalar(number)
        if flags.sharp, Quoting.isPrintable(scalar) { text += " '\(scalar)'" }
        let zero = flags.zero
        flags.zero = false
        pad(text)
        flags.zero = zero
    }

    private mutating func printDigits(_ number: Int64, radix: Int, prefix: String = "", uppercase: Bool = false) {
        let sign = number < 0 ? "-" : flags.plus ? "+" : flags.space ? " " : ""
        var digits =
            number == 0 && flags.precision == 0 ? "" : String(number.magnitude, radix: radix, uppercase: uppercase)
        var atLeast = bounded(flags.precision) ?? 0
        if flags.precision == nil, flags.zero, !flags.minus, let width = bounded(flags.width) {
            atLeast = width - sign.utf8.count
        }
        digits = String(repeating: "0", count: max(0, atLeast - digits.utf8.count)) + digits
        // An octal number that begins with a zero needs no other mark.
        let mark = prefix == "0" && digits.hasPrefix("0") ? "" : prefix
        let zero = flags.zero
        flags.zero = false
        pad(number == 0 && flags.precision == 0 ? "" : sign + mark + digits)
        flags.zero = zero
    }

    private func bounded(_ count: Int?) -> Int? { count.map { min($0, context.limits.output + 1) } }

    // MARK: Floats

    mutating func printFloat(_ number: Double, _ verb: Character, _ value: TemplateValue) {
        let digits = bounded(flags.precision)
        switch verb {
        case "v", "g", "G":
            pad(float: digits.map { Number.general(number, digits: $0) } ?? Number.general(number), verb)
        case "e", "E": pad(float: Number.scientific(number, digits: digits ?? 6), verb)
        case "f", "F": pad(float: Number.fixed(number, digits: digits ?? 6), verb)
        case "x", "X", "b":
            pad(float: HexadecimalFloat.text(number, verb, digits: flags.precision.map { min($0, 1_000) }), verb)
        default: reportVerb(value, verb)
        }
    }

    /// Puts sign and zeros where they belong.
    private mutating func pad(float text: String, _ verb: Character) {
        let isNegative = text.hasPrefix("-")
        var digits = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        if verb == "E" || verb == "G" { digits = digits.replacingLowercaseE() }
        let isNumber = digits != "Inf" && digits != "NaN"
        let isSigned = flags.plus || digits == "Inf"
        let sign = isNegative ? "-" : flags.space && !flags.plus ? " " : isSigned ? "+" : ""
        let zero = flags.zero
        if !isNumber { flags.zero = false }
        if flags.zero, !flags.minus, !sign.isEmpty, let width = flags.width, width > digits.utf8.count + 1 {
            write(sign)
            write(repeating: UInt8(ascii: "0"), count: width - digits.utf8.count - 1)
            write(digits)
        } else {
            pad(sign + digits)
        }
        flags.zero = zero
    }
}

/// Floats with a power of two for exponent: `0x1.8p+01` and `4503599627370496p-52`.
private enum HexadecimalFloat {
    static func text(_ number: Double, _ verb: Character, digits: Int?) -> String {
        guard number.isFinite else { return Number.plain(number) }
        let sign = number.sign == .minus ? "-" : ""
        let isNormal = number.exponentBitPattern > 0
        var mantissa = number.significandBitPattern | (isNormal ? 1 << 52 : 0)
        var exponent = (isNormal ? Int(number.exponentBitPattern) : 1) - 1075
        if verb == "b" { return "\(sign)\(mantissa)p\(exponent < 0 ? "" : "+")\(exponent)" }
        // The first digit is 1, and thirteen more hold the other 52 bits.
        while mantissa != 0, mantissa < 1 << 52 { (mantissa, exponent) = (mantissa << 1, exponent - 1) }
        if let digits, digits < 13 { round(&mantissa, &exponent, dropping: UInt64(4 * (13 - digits))) }
        var fraction = String(mantissa & (1 << 52 - 1), radix: 16)
        fraction = String(repeating: "0", count: 13 - fraction.utf8.count) + fraction
        if let digits {
            fraction = String(fraction.prefix(digits)) + String(repeating: "0", count: max(0, digits - 13))
        } else {
            while fraction.last == "0" { fraction.removeLast() }
        }
        let power = mantissa == 0 ? 0 : exponent + 52
        let text =
            "0x\(mantissa >> 52)" + (fraction.isEmpty ? "" : ".") + fraction + (power < 0 ? "p-" : "p+")
            + (power.magnitude < 10 ? "0" : "") + String(power.magnitude)
        return sign + (verb == "X" ? text.uppercased() : text)
    }

    private static func round(_ mantissa: inout UInt64, _ exponent: inout Int, dropping bits: UInt64) {
        let half: UInt64 = 1 << (bits - 1)
        let rest = mantissa & (half << 1 - 1)
        mantissa -= rest
        if rest > half || (rest == half && mantissa & (half << 1) != 0) { mantissa += half << 1 }
        if mantissa >= 1 << 53 { (mantissa, exponent) = (mantissa >> 1, exponent + 1) }
    }
}

extension String {
    fileprivate func replacingLowercaseE() -> String {
        String(decoding: utf8.map { $0 == UInt8(ascii: "e") ? UInt8(ascii: "E") : $0 }, as: UTF8.self)
    }
}
