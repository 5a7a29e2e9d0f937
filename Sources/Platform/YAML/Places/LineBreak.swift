/// The line breaks YAML 1.1 knows, and blanks.
enum LineBreak {
    /// The length of the break at an offset and what it becomes in a decoded text; nil where none is.
    static func at(_ offset: Int, in bytes: [UInt8]) -> (length: Int, decoded: [UInt8])? {
        let newline = [UInt8(ascii: "\n")]
        switch byte(offset, bytes) {
        case UInt8(ascii: "\r"): return (byte(offset + 1, bytes) == UInt8(ascii: "\n") ? 2 : 1, newline)
        case UInt8(ascii: "\n"): return (1, newline)
        case 0xC2 where byte(offset + 1, bytes) == 0x85: return (2, newline)
        // The separators of lines and of paragraphs stay what they are.
        case 0xE2 where byte(offset + 1, bytes) == 0x80 && (0xA8...0xA9).contains(byte(offset + 2, bytes) ?? 0):
            return (3, Array(bytes[offset..<offset + 3]))
        default: return nil
        }
    }

    static func isBlank(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    static func byte(_ offset: Int, _ bytes: [UInt8]) -> UInt8? {
        offset >= 0 && offset < bytes.count ? bytes[offset] : nil
    }
}
