/// The line breaks YAML 1.1 knows, and blanks.
enum LineBreak {
    /// The length of the break at an offset and what it becomes in a decoded text; nil where none is.
    static func at(_ offset: Int, in bytes: [UInt8]) -> (length: Int, decoded: [UInt8])? {
        let length = length(at: offset, in: bytes)
        guard length > 0 else { return nil }
        // The separators of lines and of paragraphs stay what they are.
        return (length, length == 3 ? Array(bytes[offset..<offset + 3]) : [UInt8(ascii: "\n")])
    }

    /// The length of the break at an offset; 0 where none is.
    static func length(at offset: Int, in bytes: [UInt8]) -> Int {
        switch byte(offset, bytes) {
        case UInt8(ascii: "\r"): byte(offset + 1, bytes) == UInt8(ascii: "\n") ? 2 : 1
        case UInt8(ascii: "\n"): 1
        case 0xC2 where byte(offset + 1, bytes) == 0x85: 2
        case 0xE2 where byte(offset + 1, bytes) == 0x80 && (0xA8...0xA9).contains(byte(offset + 2, bytes) ?? 0): 3
        default: 0
        }
    }

    /// The next break from an offset on, or the end.
    static func next(from offset: Int, in bytes: [UInt8]) -> Int {
        var offset = offset
        while offset < bytes.count, length(at: offset, in: bytes) == 0 { offset += 1 }
        return offset
    }

    static func isBlank(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    static func byte(_ offset: Int, _ bytes: [UInt8]) -> UInt8? {
        offset >= 0 && offset < bytes.count ? bytes[offset] : nil
    }
}
