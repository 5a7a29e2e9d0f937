import Metrics
import PromQL

/// The values that samples may have, NaN aside: all from one bound to the other, bounds included.
struct ValueRange: Hashable, Sendable {
    var lower: Double
    var upper: Double

    static let any = ValueRange(lower: -.infinity, upper: .infinity)
    static let notNegative = ValueRange(lower: 0, upper: .infinity)

    static func only(_ value: Double) -> ValueRange { ValueRange(lower: value, upper: value) }

    /// NaN, which compares with nothing.
    var isNaN: Bool { lower.isNaN || upper.isNaN }

    /// The value, where it can only be one.
    var constant: Double? { lower == upper ? lower : nil }

    func intersection(_ other: ValueRange) -> ValueRange? {
        let both = ValueRange(lower: Swift.max(lower, other.lower), upper: Swift.min(upper, other.upper))
        return both.lower <= both.upper ? both : nil
    }

    func union(_ other: ValueRange) -> ValueRange {
        ValueRange(lower: Swift.min(lower, other.lower), upper: Swift.max(upper, other.upper))
    }

    /// The values that pass a comparison with some value of the other range; nil when none does.
    ///
    /// What is more than a number is at least the next number there is, so closed ranges say it exactly.
    func passing(_ operation: BinaryOperator, _ other: ValueRange) -> ValueRange? {
        if isNaN || other.isNaN { return operation == .notEqual ? self : nil }
        switch operation {
        case .equal: return intersection(other)
        case .notEqual:
            guard let value = constant, value == other.constant else { return self }
            return nil
        case .greater: return other.lower == .infinity ? nil : atLeast(other.lower.nextUp)
        case .greaterOrEqual: return atLeast(other.lower)
        case .less: return other.upper == -.infinity ? nil : atMost(other.upper.nextDown)
        case .lessOrEqual: return atMost(other.upper)
        default: return self
        }
    }

    private func atLeast(_ bound: Double) -> ValueRange? { intersection(ValueRange(lower: bound, upper: .infinity)) }
    private func atMost(_ bound: Double) -> ValueRange? { intersection(ValueRange(lower: -.infinity, upper: bound)) }

    /// As it stands in a sentence: `at least 1`.
    var words: String {
        if isNaN { return "NaN" }
        if let constant { return Number.plain(constant) }
        return switch (lower, upper) {
        case (-.infinity, .infinity): "any number"
        case (-.infinity, _): "at most \(Number.plain(upper))"
        case (_, .infinity): "at least \(Number.plain(lower))"
        default: "from \(Number.plain(lower)) to \(Number.plain(upper))"
        }
    }
}

// MARK: Arithmetic

extension ValueRange {
    static prefix func - (range: ValueRange) -> ValueRange { ValueRange(lower: -range.upper, upper: -range.lower) }

    static func + (left: ValueRange, right: ValueRange) -> ValueRange {
        ValueRange(lower: left.lower + right.lower, upper: left.upper + right.upper).orAny
    }

    static func - (left: ValueRange, right: ValueRange) -> ValueRange { left + -right }

    /// Exact only for a factor that is known; for others nothing is claimed.
    static func * (left: ValueRange, right: ValueRange) -> ValueRange {
        guard let factor = right.constant ?? left.constant, factor.isFinite, factor != 0 else { return .any }
        let range = right.constant != nil ? left : right
        let (one, other) = (range.lower * factor, range.upper * factor)
        return ValueRange(lower: Swift.min(one, other), upper: Swift.max(one, other)).orAny
    }

    static func / (left: ValueRange, right: ValueRange) -> ValueRange {
        guard let divisor = right.constant, divisor.isFinite, divisor != 0 else { return .any }
        let (one, other) = (left.lower / divisor, left.upper / divisor)
        return ValueRange(lower: Swift.min(one, other), upper: Swift.max(one, other)).orAny
    }

    // Infinity less infinity is no bound.
    private var orAny: ValueRange { isNaN ? .any : self }
}
