/// How many columns of a terminal a text takes up.
public enum TextWidth {
    /// Wide East Asian characters and emoji count two, accents and joiners none.
    public static func columns(_ text: String) -> Int {
        var columns = 0
        for character in text { columns += width(character) }
        return columns
    }

    /// The text filled with blanks at its end up to the width; a wider text stays as it is.
    public static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - columns(text)))
    }

    /// The text with blanks before it.
    public static func paddedLeft(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - columns(text))) + text
    }

    /// The text cut so that it fits, with a sign that something is missing.
    public static func shortened(_ text: String, to width: Int, sign: String = "...") -> String {
        guard columns(text) > width else { return text }
        var result = ""
        var room = width - columns(sign)
        for character in text {
            room -= Self.width(character)
            if room < 0 { break }
            result.append(character)
        }
        return result + sign
    }

    private static func width(_ character: Character) -> Int {
        // The first scalar decides: what follows it in a character combines with it.
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.value < 0x300 { return scalar.value < 0x20 ? 0 : 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    // The blocks that Unicode's East Asian Width table gives as wide or full width, in order.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]
}
