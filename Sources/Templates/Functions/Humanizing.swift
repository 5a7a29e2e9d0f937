internal import Metrics

/// Numbers written for people, exactly as Prometheus writes them.
enum Humanizing {
    /// `1.235M`, `120m`
    static func metric(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return Number.general(value, digits: 4) }
        let (scaled, prefix) =
            abs(value) >= 1
            ? scaled(value, while: { abs($0) >= 1000 }, dividingBy: 1000, ["k", "M", "G", "T", "P", "E", "Z", "Y"])
            : small(value)
        return Number.general(scaled, digits: 4) + prefix
    }

    /// `1.177Mi`
    static func binary(_ value: Double) -> String {
        guard abs(value) > 1, value.isFinite else { return Number.general(value, digits: 4) }
        let (scaled, prefix) = scaled(
            value,
            while: { abs($0) >= 1024 },
            dividingBy: 1024,
            ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"]
        )
        return Number.general(scaled, digits: 4) + prefix
    }

    /// `1d 2h 3m 4s`, `12.35s`, `120ms`
    static func duration(_ value: Double) -> String {
        guard value.isFinite else { return Number.general(value, digits: 4) }
        guard value != 0 else { return Number.general(value, digits: 4) + "s" }
        guard abs(value) >= 1 else {
            let (scaled, prefix) = small(value)
            return Number.general(scaled, digits: 4) + prefix + "s"
        }
        let sign = value < 0 ? "-" : ""
        let magnitude = abs(value)
        // More seconds than 64 bits hold; what Go prints then depends on the machine.
        let whole = magnitude < 0x1p63 ? Int64(magnitude) : .max
        let (seconds, minutes) = (whole % 60, whole / 60 % 60)
        let (hours, days) = (whole / 3600 % 24, whole / 86_400)
        if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
        if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
        if minutes != 0 { return "\(sign)\(minutes)m \(seconds)s" }
        return sign + Number.general(magnitude, digits: 4) + "s"
    }

    static func percentage(_ value: Double) -> String { Number.general(value * 100, digits: 4) + "%" }

    /// `2015-06-23 13:19:44.128 +0000 UTC`
    static func timestamp(_ value: Double) throws(TemplateFailure) -> String {
        guard value.isFinite else { return Number.general(value, digits: 4) }
        return try time(value).description
    }

    /// The moment of a number of seconds since the epoch, in whole milliseconds.
    static func time(_ value: Double) throws(TemplateFailure) -> TemplateTime {
        guard value.isFinite else { throw TemplateFailure("value is NaN or Inf") }
        let nanoseconds = value * 1e9
        guard nanoseconds <= 0x1p63, nanoseconds >= -0x1p63 else {
            throw TemplateFailure(
                "\(Number.general(value)) cannot be represented as a nanoseconds timestamp since it overflows int64"
            )
        }
        return TemplateTime(milliseconds: (nanoseconds < 0x1p63 ? Int64(nanoseconds) : .max) / 1_000_000)
    }

    private static func small(_ value: Double) -> (Double, String) {
        scaled(value, while: { abs($0) < 1 }, dividingBy: 1 / 1000, ["m", "u", "n", "p", "f", "a", "z", "y"])
    }

    private static func scaled(
        _ value: Double,
        while isOff: (Double) -> Bool,
        dividingBy step: Double,
        _ prefixes: [String]
    ) -> (Double, String) {
        var (value, chosen) = (value, "")
        for prefix in prefixes where isOff(value) {
            chosen = prefix
            // Multiplied rather than divided by a thousandth, which has no exact value.
            if step < 1 { value *= 1000 } else { value /= step }
        }
        return (value, chosen)
    }

    /// What Prometheus takes for a number: numbers, texts that read as one, durations as seconds.
    static func number(_ value: TemplateValue) throws(TemplateFailure) -> Double {
        switch value {
        case .float(let number): return number
        case .integer(let number): return Double(number)
        case .duration(let duration): return duration.seconds
        case .string(let text), .markup(let text): return try number(reading: text)
        default: throw TemplateFailure("can't convert \(value.typeName ?? "<nil>") to float")
        }
    }

    private static func number(reading text: String) throws(TemplateFailure) -> Double {
        let lower = text.lowercased()
        let isWord = ["inf", "infinity", "nan"].contains(lower.drop { $0 == "+" || $0 == "-" })
        // The standard library also reads a NaN with a payload, which Go does not.
        guard let number = Double(text), number.isFinite || isWord || !lower.contains("n") else {
            throw TemplateFailure("strconv.ParseFloat: parsing \(Quoting.quoted(text)): invalid syntax")
        }
        guard number.isFinite || isWord else {
            throw TemplateFailure("strconv.ParseFloat: parsing \(Quoting.quoted(text)): value out of range")
        }
        return number
    }
}
