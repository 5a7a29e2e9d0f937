/// Turns libyaml's character numbers into byte offsets of the file.
struct CharacterOffsets {
    private static let stride = 32

    private let bytes: [UInt8]
    // The byte offset of every 32nd character; empty where every character is one byte.
    private var checkpoints: [Int] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.contains(where: { $0 >= 0x80 }) else { return }
        var character = 0
        for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            if character % Self.stride == 0 { checkpoints.append(offset) }
            character += 1
        }
    }

    /// The byte at which a character begins, or the end of the text.
    func byte(ofCharacter number: Int) -> Int {
        guard !checkpoints.isEmpty else { return min(number, bytes.count) }
        let checkpoint = number / Self.stride
        guard checkpoint < checkpoints.count else { return bytes.count }
        var offset = checkpoints[checkpoint]
        var left = number % Self.stride
        while offset < bytes.count {
            if bytes[offset] & 0xC0 != 0x80 {
                if left == 0 { return offset }
                left -= 1
            }
            offset += 1
        }
        return offset
    }
}
