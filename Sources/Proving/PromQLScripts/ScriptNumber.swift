import Metrics

/// A plain number as it may stand for a scalar: `1`, `-1.5e3`, `0x1f`, `Inf`, `NaN`.
enum ScriptNumber {
    static func value(of text: String) -> Double? {
        let unsigned =
            text.utf8.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true
            ? String(Substring(text.utf8.dropFirst())) : text
        let sign: Double = text.utf8.first == UInt8(ascii: "-") ? -1 : 1
        guard let magnitude = magnitude(unsigned.lowercased()) else { return nil }
        return sign * magnitude
    }

    private static func magnitude(_ text: String) -> Double? {
        switch text {
        case "inf", "infinity": return .infinity
        case "nan": return MarkerNaN.plain
        default: break
        }
        guard let first = text.utf8.first,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || first == UInt8(ascii: ".")
        else { return nil }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.utf8.starts(with: prefix.utf8) {
            if let whole = Int64(text.dropFirst(2), radix: radix) { return Double(whole) }
        }
        return Double(text)
    }
}
