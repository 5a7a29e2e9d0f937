/// Bytes quoted as Go's `%q` quotes them, for messages that must read like Prometheus's own.
enum GoQuoting {
    /// In double quotes; bytes that are not UTF-8 as `\xff`.
    static func text(_ bytes: some Collection<UInt8>) -> String {
        var result = "\""
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let valid = validPrefix(of: rest)
            result += Labels.quoted(String(decoding: rest.prefix(valid), as: UTF8.self)).dropFirst().dropLast()
            rest = rest.dropFirst(valid)
            if let byte = rest.popFirst() {
                result += hexadecimal(byte)
            }
        }
        return result + "\""
    }

    /// One byte in single quotes, taken for the character of its number.
    static func character(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"): return "'\\''"
        case UInt8(ascii: "\""): return "'\"'"
        default:
            let quoted = Labels.quoted(String(Character(Unicode.Scalar(byte)))).dropFirst().dropLast()
            return "'\(0x80..<0xa0 ~= byte ? hexadecimal16(byte) : String(quoted))'"
        }
    }

    /// How many bytes from the start are whole UTF-8 characters.
    private static func validPrefix(of bytes: ArraySlice<UInt8>) -> Int {
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let length = bytes[place] < 0x80 ? 1 : bytes[place] < 0xe0 ? 2 : bytes[place] < 0xf0 ? 3 : 4
            let character = bytes[place...].prefix(length)
            guard String(validating: character, as: UTF8.self) != nil else { break }
            place += character.count
        }
        return place - bytes.startIndex
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
    }

    private static func hexadecimal16(_ byte: UInt8) -> String {
        "\\u00" + String(byte, radix: 16)
    }
}
