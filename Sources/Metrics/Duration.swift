/// Why a text is no duration.
public enum DurationError: Error, Hashable, Sendable {
    case empty
    /// Not numbers with units, or units that do not go from the largest to the smallest.
    case malformed(String)
    case unknownUnit(String, in: String)
    /// More than 292 years, the most that a count of nanoseconds in 64 bits holds.
    case outOfRange
}

extension DurationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "empty duration string"
        case .malformed(let text): "not a valid duration string: \(Labels.quoted(text))"
        case .unknownUnit(let unit, let text):
            "unknown unit \(Labels.quoted(unit)) in duration \(Labels.quoted(text))"
        case .outOfRange: "duration out of range"
        }
    }
}

extension Milliseconds {
    // From the largest to the smallest, the order in which they must stand.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
        ("s", 1_000), ("ms", 1),
    ]

    /// Upstream counts nanoseconds in 64 bits, so a longer span is refused here too.
    private static let longest = Int64.max / 1_000_000

    /// Reads a duration as PromQL, rule files and `prometheus.yml` write it: `5m`, `1h30m`, `100ms`, `0`.
    ///
    /// Each unit of `y w d h m s ms` stands at most once and the larger ones come first. No sign, no fractions.
    public init(promQL text: String) throws(DurationError) {
        if text.isEmpty { throw .empty }
        self = .zero
        if text.utf8.elementsEqual("0".utf8) { return }
        var rest = text.utf8[...]
        var smallest = -1
        while !rest.isEmpty {
            let digits = rest.prefix(while: Self.isDigit)
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !Self.isDigit($0) }
            rest = rest.dropFirst(unit.count)
            guard !unit.isEmpty, !digits.isEmpty else { throw .malformed(text) }
            guard let place = Self.units.firstIndex(where: { $0.name.utf8.elementsEqual(unit) }) else {
                throw .unknownUnit(String(Substring(unit)), in: text)
            }
            guard place > smallest else { throw .malformed(text) }
            smallest = place
            try add(digits, times: Self.units[place].milliseconds)
        }
    }

    private mutating func add(_ digits: Substring.UTF8View, times unit: Int64) throws(DurationError) {
        guard let count = Int64(Substring(digits)) else { throw .outOfRange }
        let (span, overflow) = count.multipliedReportingOverflow(by: unit)
        // Both are at most `longest` before the sum, so the sum cannot overflow.
        guard !overflow, span <= Self.longest, rawValue + span <= Self.longest else { throw .outOfRange }
        rawValue += span
    }

    /// The span as Prometheus prints it: `5m`, `1h30m`, `0s`. Years and weeks only where nothing remains below them,
    /// since `90d` reads better than `12w6d`.
    public var promQLText: String {
        if rawValue == 0 { return "0s" }
        var rest = rawValue.magnitude
        var text = rawValue < 0 ? "-" : ""
        for (name, milliseconds) in Self.units {
            let unit = milliseconds.magnitude
            if unit > 86_400_000 && !rest.isMultiple(of: unit) { continue }
            let count = rest / unit
            if count > 0 {
                text += "\(count)\(name)"
                rest -= count * unit
            }
        }
        return text
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9")
    }
}
