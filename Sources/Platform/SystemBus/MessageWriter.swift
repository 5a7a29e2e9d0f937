internal import CSystemd

/// Appends values to a message. The library checks that texts, paths and types are what the protocol allows.
@safe struct MessageWriter {
    private let message: OpaquePointer

    init(_ message: OpaquePointer) {
        unsafe self.message = message
    }

    func append(_ value: BusValue, depth: Int = 0) throws(BusError) {
        guard depth < MessageReader.depthMax else {
            throw BusError(.invalidArgument, message: "the value is nested too deeply")
        }
        switch value {
        case .string(let text): try append(text, as: "s")
        case .objectPath(let text): try append(text, as: "o")
        case .signature(let text): try append(text, as: "g")
        case .boolean(let value): try append(Int32(value ? 1 : 0), as: "b")
        case .byte(let value): try append(value, as: "y")
        case .int16(let value): try append(value, as: "n")
        case .uint16(let value): try append(value, as: "q")
        case .int32(let value): try append(value, as: "i")
        case .uint32(let value): try append(value, as: "u")
        case .int64(let value): try append(value, as: "x")
        case .uint64(let value): try append(value, as: "t")
        case .double(let value): try append(value, as: "d")
        case .unixDescriptor(let descriptor): try append(descriptor.number, as: "h")
        case .array(let element, let elements):
            try container("a", element, elements, depth: depth)
        case .structure(let members):
            // The library would send it, and the bus would close the connection for it.
            guard !members.isEmpty else { throw BusError(.invalidArgument, message: "a structure is empty") }
            try container("r", members.map(\.signature).joined(), members, depth: depth)
        case .variant(let content):
            try container("v", content.signature, [content], depth: depth)
        case .dictionary(let key, let value, let entries):
            try open("a", "{" + key + value + "}")
            for entry in entries { try container("e", key + value, [entry.key, entry.value], depth: depth + 1) }
            try close()
        }
    }

    private func container(
        _ type: Unicode.Scalar,
        _ contents: String,
        _ elements: [BusValue],
        depth: Int
    ) throws(BusError) {
        try open(type, contents)
        for element in elements { try append(element, depth: depth + 1) }
        try close()
    }

    private func open(_ type: Unicode.Scalar, _ contents: String) throws(BusError) {
        try refuseNul(contents)
        try checked(unsafe sd_bus_message_open_container(message, Self.code(type), contents))
    }

    private func close() throws(BusError) {
        try checked(unsafe sd_bus_message_close_container(message))
    }

    private func append(_ text: String, as type: Unicode.Scalar) throws(BusError) {
        try refuseNul(text)
        let result = unsafe text.withCString { unsafe sd_bus_message_append_basic(message, Self.code(type), $0) }
        try checked(result)
    }

    private func append<Number: BitwiseCopyable>(_ number: Number, as type: Unicode.Scalar) throws(BusError) {
        var number = number
        try checked(unsafe sd_bus_message_append_basic(message, Self.code(type), &number))
    }

    /// To C, a text ends at its first NUL: what stands behind it would be lost in silence.
    private func refuseNul(_ text: String) throws(BusError) {
        guard !text.utf8.contains(0) else {
            throw BusError(.invalidArgument, message: "a text has a NUL in it")
        }
    }

    private static func code(_ type: Unicode.Scalar) -> CChar { CChar(truncatingIfNeeded: type.value) }

    private func checked(_ result: Int32) throws(BusError) {
        guard result >= 0 else { throw BusError(.invalidArgument, code: result, doing: "write a message") }
    }
}
