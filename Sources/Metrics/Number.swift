/// Numbers as Prometheus and Go write them: the shortest digits that read back as the same value.
public enum Number {
    /// Never with an exponent, as PromQL and most answers print: `0.00001`, `12345678`, `+Inf`, `NaN`. Go's `'f', -1`.
    public static func plain(_ value: Double) -> String {
        text(value) { _ in false }
    }

    /// With an exponent below -4 and from 6, as templates and expositions print: `1e+06`. Go's `'g', -1`.
    public static func general(_ value: Double) -> String {
        text(value) { $0 < -4 || $0 >= 6 }
    }

    /// With an exponent below -6 and from 21, as values stand in the answers of Prometheus's HTTP API.
    public static func answer(_ value: Double) -> String {
        text(value) { $0 < -6 || $0 >= 21 }
    }

    private static func text(_ value: Double, scientificWhen: (_ exponent: Int) -> Bool) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        let sign = value.sign == .minus ? "-" : ""
        guard value != 0 else { return sign + "0" }
        let decimal = ShortestDecimal(value.magnitude)
        return sign + (scientificWhen(decimal.point - 1) ? decimal.scientific : decimal.positional)
    }
}

/// The shortest decimal digits of a positive finite number, and where the point stands among them.
private struct ShortestDecimal {
    /// Without leading or trailing zeros.
    let digits: String
    /// The number of digits before the point; negative or beyond the digits where zeros must be filled in.
    let point: Int

    init(_ value: Double) {
        // The standard library prints the shortest digits, as `123.45`, `5e-324` or `1.5e+22`.
        let text = value.description
        let parts = text.utf8.split(separator: UInt8(ascii: "e"))
        let mantissa = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let exponent = parts.count > 1 ? Int(Substring(parts[1])) ?? 0 : 0
        var all = String(Substring(mantissa[0])) + (mantissa.count > 1 ? String(Substring(mantissa[1])) : "")
        var point = mantissa[0].count + exponent
        while all.utf8.first == UInt8(ascii: "0") {
            all.removeFirst()
            point -= 1
        }
        while all.utf8.last == UInt8(ascii: "0") {
            all.removeLast()
        }
        digits = all
        self.point = point
    }

    var positional: String {
        let count = digits.utf8.count
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= count { return digits + String(repeating: "0", count: point - count) }
        return String(digits.prefix(point)) + "." + String(digits.dropFirst(point))
    }

    var scientific: String {
        let exponent = point - 1
        let fraction = digits.dropFirst()
        let width = exponent.magnitude < 10 ? "0" : ""
        return String(digits.prefix(1)) + (fraction.isEmpty ? "" : "." + fraction)
            + (exponent < 0 ? "e-" : "e+") + width + String(exponent.magnitude)
    }
}
