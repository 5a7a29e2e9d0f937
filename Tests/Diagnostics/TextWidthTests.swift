import Diagnostics
import Testing

@Suite struct TextWidthTests {
    @Test(arguments: [("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("😀", 2), ("한", 2), ("a\u{200B}b", 2)])
    func `Columns are what a terminal shows`(text: String, columns: Int) {
        #expect(TextWidth.columns(text) == columns)
    }

    @Test func `Texts are filled and cut by columns`() {
        #expect(TextWidth.padded("日", to: 4) == "日  ")
        #expect(TextWidth.paddedLeft("é", to: 3) == "  é")
        #expect(TextWidth.shortened("日本語日本語", to: 8) == "日本...")
        #expect(TextWidth.shortened("short", to: 8) == "short")
    }
}
