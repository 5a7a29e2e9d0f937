/// Writes JSON piece by piece into bytes, so that a long answer never exists as a tree.
///
/// Objects and arrays are closures, so what is opened is always closed:
/// ```
/// writer.object { writer in
///     writer.member("status", "success")
///     writer.member("data") { writer in writer.array { writer in writer.value(1) } }
/// }
/// ```
public struct JSONWriter: Sendable {
    /// What was written and not yet taken.
    public private(set) var bytes: [UInt8] = []

    private let indentation: Int?
    private var depth = 0
    // Whether the next value needs a comma before it.
    private var follows = false

    /// With an indentation each member and element gets a line of its own; without, everything stands on one line.
    public init(indentation: Int? = nil) {
        self.indentation = indentation
    }

    /// Hands out what was written so far, for sending long texts in pieces.
    public mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// The text written so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Containers

    public mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        try container(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    public mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        try container(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    private mutating func container<E: Error>(
        _ opening: UInt8,
        _ closing: UInt8,
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        beginValue()
        bytes.append(opening)
        depth += 1
        follows = false
        try body(&self)
        depth -= 1
        if follows { breakLine() }
        bytes.append(closing)
        follows = true
    }

    /// A name and, written by `body`, exactly one value. Only inside an object.
    public mutating func member<E: Error>(
        _ name: String,
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        key(name)
        try body(&self)
    }

    public mutating func member(_ name: String, _ value: String) {
        key(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ value: Int) {
        key(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ value: Bool) {
        key(name)
        self.value(value)
    }

    private mutating func key(_ name: String) {
        beginValue()
        append(quoted: name)
        bytes.append(UInt8(ascii: ":"))
        if indentation != nil { bytes.append(UInt8(ascii: " ")) }
        follows = false
        afterKey = true
    }

    // A value that follows its name stays on the name's line.
    private var afterKey = false

    private mutating func beginValue() {
        if afterKey {
            afterKey = false
            return
        }
        if follows { bytes.append(UInt8(ascii: ",")) }
        if depth > 0 { breakLine() }
        follows = true
    }

    private mutating func breakLine() {
        guard let indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation * depth))
    }

    // MARK: Values

    public mutating func null() { write("null") }

    public mutating func value(_ value: Bool) { write(value ? "true" : "false") }

    public mutating func value(_ value: Int) { write(String(value)) }

    /// The shortest digits that read back as the same number. JSON has no infinities and no NaN: they become null.
    public mutating func value(_ value: Double) {
        guard value.isFinite else { return null() }
        let text = value.description
        write(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// A number whose digits the caller chose, such as `1435781451.781`.
    public mutating func number(written digits: String) {
        assert((try? JSONValue(parsing: digits))?.double != nil)
        write(digits)
    }

    public mutating func value(_ text: String) {
        beginValue()
        append(quoted: text)
        follows = true
    }

    /// A whole tree.
    public mutating func value(_ tree: JSONValue) {
        switch tree {
        case .null: null()
        case .boolean(let value): self.value(value)
        case .integer(let value): write(String(value))
        case .number(let value): self.value(value)
        case .string(let text): value(text)
        case .array(let elements):
            array { writer in
                for element in elements { writer.value(element) }
            }
        case .object(let object):
            self.object { writer in
                for member in object.members {
                    writer.member(member.name) { $0.value(member.value) }
                }
            }
        }
    }

    private mutating func write(_ word: String) {
        beginValue()
        bytes.append(contentsOf: word.utf8)
        follows = true
    }

    private mutating func append(quoted text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        // The bytes of the text stay in place while the closure runs.
        text.withUTF8 { text in
            var run = 0
            for index in 0..<text.count {
                let byte = unsafe text[index]
                if byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") { continue }
                unsafe bytes.append(contentsOf: text[run..<index])
                append(escaped: byte)
                run = index + 1
            }
            unsafe bytes.append(contentsOf: text[run...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        default:
            bytes.append(contentsOf: #"\u00"#.utf8)
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}

extension JSONValue: CustomStringConvertible {
    /// The value on one line.
    public var description: String {
        var writer = JSONWriter()
        writer.value(self)
        return writer.text
    }
}
