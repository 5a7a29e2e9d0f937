/// A value that is bound to a place of a statement.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(nilLiteral: ()) { self = .null }
}

extension SQLValue {
    /// The text, or null where there is none.
    public static func text(_ text: String?) -> SQLValue {
        guard let text else { return .null }
        return .text(text)
    }

    /// The number, or null where there is none.
    public static func integer(_ number: Int64?) -> SQLValue {
        guard let number else { return .null }
        return .integer(number)
    }

    public static func real(_ number: Double?) -> SQLValue {
        guard let number else { return .null }
        return .real(number)
    }

    public static func boolean(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}
