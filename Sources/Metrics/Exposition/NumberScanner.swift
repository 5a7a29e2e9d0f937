/// Reads numbers out of the bytes of an exposition: Go's `strconv.ParseFloat` without the forms that Prometheus
/// leaves out (hexadecimal, underscores), exactly rounded.
///
/// Unsafe inside because it reads raw bytes at the heart of every scrape: each read is guarded by `end`, which the
/// caller takes from the buffer that it holds.
enum NumberScanner {
    enum Failure: Error {
        case syntax
        /// A hexadecimal or an underscored number, which Go reads and Prometheus refuses.
        case unsupported
        case outOfRange
    }

    /// Reads the plain decimal number at `start` as far as it goes. Returns nil where a whole look at the token is
    /// needed.
    @inline(__always)
    static func scan(
        _ bytes: UnsafePointer<UInt8>,
        from start: Int,
        to end: Int
    ) -> (value: Double, next: Int)? {
        var place = start
        var number = DecimalNumber()
        if unsafe place < end && bytes[place] == UInt8(ascii: "-") {
            number.isNegative = true
            place += 1
        }
        let first = place
        unsafe place = digits(bytes, from: place, to: end, into: &number.mantissa)
        var count = place - first
        if unsafe place < end && bytes[place] == UInt8(ascii: ".") {
            let point = place + 1
            unsafe place = digits(bytes, from: point, to: end, into: &number.mantissa)
            number.exponent = point - place
            count += place - point
        }
        // From 20 digits on the mantissa may have run over.
        guard count > 0 && count <= 19 else { return nil }
        if unsafe place < end && bytes[place] | 0x20 == UInt8(ascii: "e") {
            guard let exponent = unsafe exponent(bytes, from: place + 1, to: end) else { return nil }
            number.exponent += exponent.value
            place = exponent.next
        }
        guard let value = number.shortValue else { return nil }
        return (value, place)
    }

    @inline(__always)
    private static func digits(
        _ bytes: UnsafePointer<UInt8>,
        from start: Int,
        to end: Int,
        into mantissa: inout UInt64
    ) -> Int {
        var place = start
        while place < end {
            let digit = unsafe bytes[place] &- UInt8(ascii: "0")
            if digit > 9 { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            place += 1
        }
        return place
    }

    /// The exponent at `start`, at most some digits long.
    private static func exponent(
        _ bytes: UnsafePointer<UInt8>,
        from start: Int,
        to end: Int
    ) -> (value: Int, next: Int)? {
        var place = start
        var isNegative = false
        if unsafe place < end && (bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+")) {
            isNegative = unsafe bytes[place] == UInt8(ascii: "-")
            place += 1
        }
        var magnitude: UInt64 = 0
        let next = unsafe digits(bytes, from: place, to: end, into: &magnitude)
        guard next > place && next - place <= 5 else { return nil }
        return (isNegative ? -Int(magnitude) : Int(magnitude), next)
    }

    /// Reads a whole token.
    static func number(_ token: UnsafeBufferPointer<UInt8>) -> Result<Double, Failure> {
        if let base = token.baseAddress, let (value, next) = unsafe scan(base, from: 0, to: token.count),
            next == token.count
        {
            return .success(value)
        }
        return unsafe thorough(token)
    }

    private static func thorough(_ token: UnsafeBufferPointer<UInt8>) -> Result<Double, Failure> {
        if unsafe token.contains(where: { $0 == UInt8(ascii: "_") || $0 | 0x20 == UInt8(ascii: "p") }) {
            return .failure(.unsupported)
        }
        var rest = unsafe token[...]
        let sign = unsafe rest.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { unsafe rest = rest.dropFirst() }
        let isNegative = sign == UInt8(ascii: "-")
        if let value = unsafe named(rest, isSigned: rest.count < token.count) {
            return .success(isNegative ? -value : value)
        }
        let mantissa = unsafe rest.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
        guard let exponent = unsafe exponent(after: mantissa, in: rest),
            let places = unsafe fractionDigits(of: mantissa)
        else { return .failure(.syntax) }
        let magnitude = unsafe Double(exactly: mantissa, exponent: exponent - places)
        return magnitude.isInfinite ? .failure(.outOfRange) : .success(isNegative ? -magnitude : magnitude)
    }

    /// `inf`, `infinity` and `nan` in any case; the last without a sign.
    private static func named(_ text: Slice<UnsafeBufferPointer<UInt8>>, isSigned: Bool) -> Double? {
        func isWord(_ word: StaticString) -> Bool {
            unsafe text.count == word.utf8CodeUnitCount
                && zip(text, UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
                    .allSatisfy { $0 | 0x20 == $1 }
        }
        if isWord("inf") || isWord("infinity") { return .infinity }
        return !isSigned && isWord("nan") ? MarkerNaN.plain : nil
    }

    /// How many digits stand behind the point; nil where this is no mantissa.
    private static func fractionDigits(of mantissa: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var (digits, places, points) = (0, 0, 0)
        for index in unsafe mantissa.startIndex..<mantissa.endIndex {
            switch unsafe mantissa[index] {
            case UInt8(ascii: "."): points += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                places += points
            default: return nil
            }
        }
        return digits > 0 && points <= 1 ? places : nil
    }

    /// The exponent behind the mantissa, 0 without one; nil where this is no exponent.
    private static func exponent(
        after mantissa: Slice<UnsafeBufferPointer<UInt8>>,
        in text: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Int? {
        var rest = unsafe text[mantissa.endIndex...]
        guard unsafe !rest.isEmpty else { return 0 }
        unsafe rest = rest.dropFirst()
        let sign = unsafe rest.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { unsafe rest = rest.dropFirst() }
        guard unsafe !rest.isEmpty else { return nil }
        var magnitude = 0
        for index in unsafe rest.startIndex..<rest.endIndex {
            let byte = unsafe rest[index]
            guard UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9") else { return nil }
            // Like Go, which stops counting here: nothing finite has an exponent of this size in a body of bounded
            // size.
            if magnitude < 1_000_000 { magnitude = magnitude * 10 + Int(byte - UInt8(ascii: "0")) }
        }
        return sign == UInt8(ascii: "-") ? -magnitude : magnitude
    }
}

extension Number {
    /// Reads a number as Prometheus reads sample values: decimal, `Inf` and `NaN` in any case; nil where it refuses.
    public static func parse(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { bytes in unsafe try? NumberScanner.number(bytes).get() }
    }

    /// Reads a number from raw bytes, which the caller keeps alive for the call.
    public static func parse(bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        unsafe try? NumberScanner.number(bytes).get()
    }
}
