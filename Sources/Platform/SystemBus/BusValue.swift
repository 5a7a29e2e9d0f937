/// A value as it travels over D-Bus. Each case is one type of the protocol; a value knows its own signature.
public indirect enum BusValue: Sendable, Hashable {
    case string(String)
    case objectPath(String)
    case signature(String)
    case boolean(Bool)
    case byte(UInt8)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case double(Double)
    /// The signature of the elements stands apart, since there may be none.
    case array(String, [BusValue])
    /// The signatures of keys and values, and the entries in their order.
    case dictionary(String, String, [BusEntry])
    case structure([BusValue])
    case variant(BusValue)
    case unixDescriptor(BusDescriptor)
}

/// One key of a dictionary with its value.
public struct BusEntry: Sendable, Hashable {
    public let key: BusValue
    public let value: BusValue

    public init(_ key: BusValue, _ value: BusValue) {
        self.key = key
        self.value = value
    }
}

extension BusValue {
    /// The type in the notation of D-Bus: `a{sv}`.
    public var signature: String {
        switch self {
        case .string: "s"
        case .objectPath: "o"
        case .signature: "g"
        case .boolean: "b"
        case .byte: "y"
        case .int16: "n"
        case .uint16: "q"
        case .int32: "i"
        case .uint32: "u"
        case .int64: "x"
        case .uint64: "t"
        case .double: "d"
        case .array(let element, _): "a" + element
        case .dictionary(let key, let value, _): "a{" + key + value + "}"
        case .structure(let members): "(" + members.map(\.signature).joined() + ")"
        case .variant: "v"
        case .unixDescriptor: "h"
        }
    }

    /// A list of texts: `as`.
    public static func strings(_ texts: [String]) -> BusValue {
        .array("s", texts.map { .string($0) })
    }

    /// Texts under names, each of a type of its own: `a{sv}`.
    public static func properties(_ entries: [(String, BusValue)]) -> BusValue {
        .dictionary("s", "v", entries.map { BusEntry(.string($0.0), .variant($0.1)) })
    }
}

// MARK: - Reading

extension BusValue {
    /// What is in a variant; the value itself when it is none.
    public var content: BusValue {
        if case .variant(let inner) = self { return inner.content }
        return self
    }

    /// The text of a string, an object path or a signature.
    public var text: String? {
        switch content {
        case .string(let text), .objectPath(let text), .signature(let text): text
        default: nil
        }
    }

    public var boolean: Bool? {
        if case .boolean(let value) = content { return value }
        return nil
    }

    /// A whole number of any width that is not negative.
    public var unsigned: UInt64? {
        switch content {
        case .byte(let value): UInt64(value)
        case .uint16(let value): UInt64(value)
        case .uint32(let value): UInt64(value)
        case .uint64(let value): value
        case .int16(let value): UInt64(exactly: value)
        case .int32(let value): UInt64(exactly: value)
        case .int64(let value): UInt64(exactly: value)
        default: nil
        }
    }

    /// A whole number of any width.
    public var integer: Int64? {
        switch content {
        case .int16(let value): Int64(value)
        case .int32(let value): Int64(value)
        case .int64(let value): value
        default: unsigned.flatMap { Int64(exactly: $0) }
        }
    }

    public var double: Double? {
        if case .double(let value) = content { return value }
        return nil
    }

    /// The elements of an array or the members of a structure.
    public var elements: [BusValue]? {
        switch content {
        case .array(_, let elements), .structure(let elements): elements
        default: nil
        }
    }

    /// The elements of an array of texts.
    public var texts: [String]? {
        elements?.compactMap(\.text)
    }

    /// The bytes of an array of bytes.
    public var bytes: [UInt8]? {
        guard case .array("y", let elements) = content else { return nil }
        return elements.compactMap { element in
            if case .byte(let byte) = element { return byte }
            return nil
        }
    }

    /// A dictionary whose keys are texts, with what is in the variants.
    public var properties: [String: BusValue]? {
        guard case .dictionary(_, _, let entries) = content else { return nil }
        var properties: [String: BusValue] = [:]
        for entry in entries {
            if let name = entry.key.text { properties[name] = entry.value.content }
        }
        return properties
    }
}
