/// Object paths that carry a free text in their last part.
public enum BusPath {
    /// The path below `prefix` for a text: whatever is no ASCII letter or digit is written as `_` and two hexadecimal digits.
    public static func encode(_ text: String, below prefix: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var path = Array(prefix.utf8) + [UInt8(ascii: "/")]
        if text.isEmpty { path.append(UInt8(ascii: "_")) }
        for (place, byte) in text.utf8.enumerated() {
            if isPlain(byte, first: place == 0) {
                path.append(byte)
            } else {
                path += [UInt8(ascii: "_"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: path, as: UTF8.self)
    }

    /// The text that a path below `prefix` carries; nil when it is another path.
    public static func decode(_ path: String, below prefix: String) -> String? {
        let bytes = Array(path.utf8)
        let start = prefix.utf8.count + 1
        guard bytes.count > start, bytes.starts(with: prefix.utf8), bytes[start - 1] == UInt8(ascii: "/") else {
            return nil
        }
        var text: [UInt8] = []
        var place = start
        if bytes.count == start + 1 && bytes[start] == UInt8(ascii: "_") { return "" }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "_") else {
                text.append(bytes[place])
                place += 1
                continue
            }
            guard place + 2 < bytes.count, let high = digit(bytes[place + 1]), let low = digit(bytes[place + 2]) else {
                return nil
            }
            text.append(high << 4 | low)
            place += 3
        }
        return String(validating: text, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
        default: false
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
