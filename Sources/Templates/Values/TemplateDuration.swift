internal import Metrics

/// A span of time, as Go's `time.Duration`.
public struct TemplateDuration: Sendable, Hashable {
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// As Go converts seconds: the fraction of a nanosecond is cut off.
    init(seconds: Double) {
        let product = seconds * 1e9
        // Beyond the range Go's result depends on the machine; the end of the range is the nearest truth.
        nanoseconds = product.isNaN ? 0 : product >= 0x1p63 ? .max : product <= -0x1p63 ? .min : Int64(product)
    }

    var seconds: Double { Double(nanoseconds / 1_000_000_000) + Double(nanoseconds % 1_000_000_000) / 1e9 }

    /// `1h15m30.918s`: without leading units that are zero, below a second in the unit that has a digit before the point.
    public var description: String {
        guard nanoseconds != 0 else { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        for (unit, size) in [("ns", 1), ("µs", 1_000), ("ms", 1_000_000)] as [(String, UInt64)]
        where magnitude < size * 1000 {
            return sign + Self.decimal(magnitude, over: size) + unit
        }
        let wholeSeconds = magnitude / 1_000_000_000
        let (hours, minutes) = (wholeSeconds / 3600, wholeSeconds / 60 % 60)
        var text = sign
        if hours > 0 { text += "\(hours)h" }
        if hours > 0 || minutes > 0 { text += "\(minutes)m" }
        return text + Self.decimal(magnitude % 60_000_000_000, over: 1_000_000_000) + "s"
    }

    private static func decimal(_ value: UInt64, over unit: UInt64) -> String {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: unit)
        guard rest > 0 else { return String(whole) }
        var digits = String(rest + unit).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    func rounded(to unit: TemplateDuration, truncating: Bool) -> TemplateDuration {
        guard unit.nanoseconds > 0 else { return self }
        let rest = nanoseconds % unit.nanoseconds
        let down = nanoseconds - rest
        let isDown = truncating || rest.magnitude < unit.nanoseconds.magnitude - rest.magnitude
        guard !isDown else { return TemplateDuration(nanoseconds: down) }
        let step = nanoseconds < 0 ? -unit.nanoseconds : unit.nanoseconds
        let (up, overflow) = down.addingReportingOverflow(step)
        return TemplateDuration(nanoseconds: overflow ? (nanoseconds < 0 ? .min : .max) : up)
    }
}
