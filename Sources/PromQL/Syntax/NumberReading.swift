import Metrics

/// What number and duration tokens are worth.
enum NumberReading {
    /// The value of a number token; the reason where it has none.
    ///
    /// Whole numbers are read as Go reads integer literals, so `0x1f` is hexadecimal and `010` is eight.
    static func number(_ text: String) -> Result<Double, Refusal> {
        let lower = text.lowercased()
        if lower == "inf" { return .success(.infinity) }
        if lower == "nan" { return .success(MarkerNaN.plain) }
        let digits = lower.filter { $0 != "_" }
        if digits.hasPrefix("0x") {
            guard let value = Int64(digits.dropFirst(2), radix: 16) else {
                return .failure(Refusal(text: text, reason: "invalid syntax"))
            }
            return .success(Double(value))
        }
        if digits.hasPrefix("0"), let value = Int64(digits, radix: 8) { return .success(Double(value)) }
        guard let value = Double(digits) else { return .failure(Refusal(text: text, reason: "invalid syntax")) }
        guard value.isFinite else { return .failure(Refusal(text: text, reason: "value out of range")) }
        return .success(value)
    }

    struct Refusal: Error, CustomStringConvertible {
        let text: String
        let reason: String

        var description: String {
            "error parsing number: strconv.ParseFloat: parsing \(Quoting.text(text)): \(reason)"
        }
    }
}
