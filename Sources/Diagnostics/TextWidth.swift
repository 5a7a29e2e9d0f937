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
        return scalar.value < 0x20 ? 0 : scalar.displayWidth
    }
}
