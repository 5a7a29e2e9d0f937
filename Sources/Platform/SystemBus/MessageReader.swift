internal import CSystemd

/// Reads the values of a message. What it reads was written by somebody else: it is bounded in depth and in number.
///
/// The texts that the library lends are copied before the message moves on.
@safe struct MessageReader {
    /// D-Bus allows 32 arrays in 32 structures.
    static let depthMax = 64
    /// A list of all units of a large host has some hundred thousand values.
    static let valuesMax = 2_000_000

    private let message: OpaquePointer
    private var count = 0

    init(_ message: OpaquePointer) {
        unsafe self.message = message
    }

    /// All arguments from the first.
    mutating func arguments() throws(BusError) -> [BusValue] {
        try checked(unsafe sd_bus_message_rewind(message, 1))
        return try values(depth: 0)
    }

    private mutating func values(depth: Int) throws(BusError) -> [BusValue] {
        guard depth < Self.depthMax else { throw BusError(.malformed, message: "the message is nested too deeply") }
        var values: [BusValue] = []
        while let next = try peek() {
            count += 1
            guard count <= Self.valuesMax else {
                throw BusError(.malformed, message: "the message has more than \(Self.valuesMax) values")
            }
            values.append(try value(next, depth: depth))
        }
        return values
    }

    private struct Next {
        let type: CChar
        let contents: String
    }

    private func peek() throws(BusError) -> Next? {
        var type: CChar = 0
        var contents: UnsafePointer<CChar>?
        guard try checked(unsafe sd_bus_message_peek_type(message, &type, &contents)) > 0 else { return nil }
        return Next(type: type, contents: unsafe contents.map { unsafe String(cString: $0) } ?? "")
    }

    private mutating func value(_ next: Next, depth: Int) throws(BusError) -> BusValue {
        switch UInt8(bitPattern: next.type) {
        case UInt8(ascii: "a"):
            let elements = try container(next, depth: depth)
            guard next.contents.utf8.first == UInt8(ascii: "{") else { return .array(next.contents, elements) }
            let types = next.contents.utf8.dropFirst().dropLast()
            return .dictionary(
                String(decoding: types.prefix(1), as: UTF8.self),
                String(decoding: types.dropFirst(), as: UTF8.self),
                elements.compactMap(Self.entry)
            )
        case UInt8(ascii: "r"), UInt8(ascii: "e"):
            return .structure(try container(next, depth: depth))
        case UInt8(ascii: "v"):
            guard let content = try container(next, depth: depth).first else {
                throw BusError(.malformed, message: "a variant is empty")
            }
            return .variant(content)
        default:
            return try basic(next.type)
        }
    }

    private static func entry(_ value: BusValue) -> BusEntry? {
        guard case .structure(let members) = value, members.count == 2 else { return nil }
        return BusEntry(members[0], members[1])
    }

    private mutating func container(_ next: Next, depth: Int) throws(BusError) -> [BusValue] {
        try checked(unsafe sd_bus_message_enter_container(message, next.type, next.contents))
        let elements = try values(depth: depth + 1)
        try checked(unsafe sd_bus_message_exit_container(message))
        return elements
    }

    private func basic(_ type: CChar) throws(BusError) -> BusValue {
        switch UInt8(bitPattern: type) {
        case UInt8(ascii: "s"): .string(try text(type))
        case UInt8(ascii: "o"): .objectPath(try text(type))
        case UInt8(ascii: "g"): .signature(try text(type))
        case UInt8(ascii: "b"): .boolean(try number(type, Int32(0)) != 0)
        case UInt8(ascii: "y"): .byte(try number(type, 0))
        case UInt8(ascii: "n"): .int16(try number(type, 0))
        case UInt8(ascii: "q"): .uint16(try number(type, 0))
        case UInt8(ascii: "i"): .int32(try number(type, 0))
        case UInt8(ascii: "u"): .uint32(try number(type, 0))
        case UInt8(ascii: "x"): .int64(try number(type, 0))
        case UInt8(ascii: "t"): .uint64(try number(type, 0))
        case UInt8(ascii: "d"): .double(try number(type, 0))
        case UInt8(ascii: "h"): .unixDescriptor(try BusDescriptor(duplicating: try number(type, -1)))
        default: throw BusError(.malformed, message: "the message has a value of an unknown type")
        }
    }

    private func number<Number: BitwiseCopyable>(_ type: CChar, _ start: Number) throws(BusError) -> Number {
        var value = start
        try checked(unsafe sd_bus_message_read_basic(message, type, &value))
        return value
    }

    private func text(_ type: CChar) throws(BusError) -> String {
        var lent: UnsafePointer<CChar>?
        try checked(unsafe sd_bus_message_read_basic(message, type, &lent))
        return unsafe lent.map { unsafe String(cString: $0) } ?? ""
    }

    @discardableResult
    private func checked(_ result: Int32) throws(BusError) -> Int32 {
        guard result >= 0 else { throw BusError(.malformed, code: result, doing: "read a message") }
        return result
    }
}
