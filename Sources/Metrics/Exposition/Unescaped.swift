/// The text behind the escapes of names, label values and help.
enum Unescaped {
    /// `\"`, `\\` and `\n`; a backslash before anything else stands for itself, as in Prometheus.
    static func bytes(of text: UnsafeBufferPointer<UInt8>, quotes: Bool = true) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            let byte = unsafe text[place]
            let next = unsafe place + 1 < text.count ? text[place + 1] : 0
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                place += 1
                continue
            }
            switch next {
            case UInt8(ascii: "\\"): result.append(next)
            case UInt8(ascii: "\"") where quotes: result.append(next)
            case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
            default:
                result.append(byte)
                place -= 1
            }
            place += 2
        }
        return result
    }

    static func text(_ text: UnsafeBufferPointer<UInt8>, quotes: Bool = true) -> String {
        unsafe String(
            decoding: text.contains(UInt8(ascii: "\\")) ? bytes(of: text, quotes: quotes) : Array(text),
            as: UTF8.self
        )
    }
}

/// The bounds of buckets and quantiles, in the one form that OpenMetrics asks for.
enum BoundText {
    enum Form {
        /// Already in that form, or no number at all.
        case unified
        /// A short whole number, which lacks only `.0`.
        case whole
        /// To be looked at closely.
        case other
    }

    /// Tells the common forms apart without reading a number.
    static func form(of text: UnsafeBufferPointer<UInt8>) -> Form {
        guard let first = unsafe text.first, let last = unsafe text.last, text.count <= 15 else { return .other }
        var point: Int?
        for index in 0..<text.count {
            switch unsafe text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): continue
            case UInt8(ascii: ".") where point == nil: point = index
            default: return unsafe text.elementsEqual("+Inf".utf8) ? .unified : .other
            }
        }
        // A leading zero stands alone before the point; from a million on an exponent would be written.
        let whole = point ?? text.count
        guard whole >= 1 && whole <= 6, first != UInt8(ascii: "0") || whole == 1 else { return .other }
        guard let point else { return .whole }
        let fraction = text.count - point - 1
        if fraction == 1 { return .unified }
        // No zeros at the end, and below a ten thousandth an exponent would be written.
        let isSmall =
            unsafe first == UInt8(ascii: "0") && text.dropFirst(2).prefix(4).allSatisfy { $0 == UInt8(ascii: "0") }
        return fraction == 0 || last == UInt8(ascii: "0") || isSmall ? .other : .unified
    }

    /// The value as Prometheus 3 writes it: the shortest digits, with a point or an exponent. Other texts stay as
    /// they are.
    static func unified(_ text: String) -> String {
        // Go reads a few more forms here than in values, such as hexadecimal; no exposition writes bounds in them.
        guard let value = Number.parse(text) else { return text }
        let written = Number.general(value)
        guard value.isFinite else { return written }
        return written.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") } ? written : written + ".0"
    }
}
