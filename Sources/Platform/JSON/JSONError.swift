/// Why a text is no JSON, or none that medic takes, and where.
public struct JSONError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The text ends where more was due.
        case unexpectedEnd(expected: String)
        case unexpectedCharacter(found: String, expected: String)
        /// Something follows the value.
        case trailingText
        case malformedNumber
        /// Larger than any double.
        case numberOutOfRange
        case unknownEscape
        /// Half of a surrogate pair, which stands for no character.
        case loneSurrogate
        /// A newline, a tab or another control character inside a string, which must be escaped.
        case controlCharacter
        case malformedUTF8
        case tooDeep(limit: Int)
        case repeatedName(String)
    }

    public let kind: Kind
    /// The byte at which it shows.
    public let offset: Int
    /// Both counted from one; the column in characters.
    public let line: Int
    public let column: Int
}

extension JSONError: CustomStringConvertible {
    /// `1:14: a comma or the end of the object was expected, found "x"`.
    public var description: String { "\(line):\(column): \(reason)" }

    /// The reason without the place.
    public var reason: String {
        switch kind {
        case .unexpectedEnd(let expected): "\(expected) was expected, but the text ends"
        case .unexpectedCharacter(let found, let expected): "\(expected) was expected, found \(found)"
        case .trailingText: "the text should end after its one value"
        case .malformedNumber: "malformed number"
        case .numberOutOfRange: "the number is larger than a 64-bit floating point number can be"
        case .unknownEscape: #"unknown escape in a string; known are \" \\ \/ \b \f \n \r \t and \uXXXX"#
        case .loneSurrogate: "half of a surrogate pair in a string"
        case .controlCharacter: "a control character in a string must be written as an escape"
        case .malformedUTF8: "the text is not UTF-8"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .repeatedName(let name): "the name \"\(name)\" stands twice in one object"
        }
    }

    init(_ kind: Kind, at offset: Int, in bytes: Span<UInt8>) {
        self.kind = kind
        self.offset = offset
        var line = 1
        var column = 1
        for index in 0..<min(offset, bytes.count) {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Bytes that continue a character are not counted.
                column += 1
            }
        }
        self.line = line
        self.column = column
    }
}
