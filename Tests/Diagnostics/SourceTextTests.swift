import Diagnostics
import Testing

@Suite("Texts with places") struct SourceTextTests {
    @Test(arguments: [
        ("abc", 0, "1:1"), ("abc", 3, "1:4"), ("abc", 99, "1:4"), ("abc", -1, "1:1"), ("", 0, "1:1"),
        ("a\nb", 1, "1:2"), ("a\nb", 2, "2:1"), ("a\n", 2, "2:1"), ("a\r\nb", 3, "2:1"), ("\t\tx", 2, "1:3"),
        ("éa", 2, "1:2"), ("é", 1, "1:1"), ("日本x", 6, "1:3"), ("日本x", 4, "1:2"), ("e\u{301}x", 3, "1:3"),
        ("😀x", 4, "1:2"),
    ])
    func `Columns count scalars`(text: String, offset: Int, place: String) {
        #expect(SourceText(text: text).place(of: offset).description == place)
    }

    @Test func `Lines end with a line feed, with or without a carriage return`() {
        let source = SourceText(text: "one\r\ntwo\n\nfour")
        #expect((0...5).map { source.line($0) } == ["", "one", "two", "", "four", ""])
        #expect(source.lineCount == 4)
        #expect(source.range(ofLine: 1) == 0..<3)
        #expect(source.start(ofLine: 2) == 5)
        #expect(source[5..<8] == "two")
        #expect(source[10..<99] == "four")
    }

    @Test(arguments: [
        ("rat", "rate"), ("irat", "irate"), ("RATE", "rate"), ("raet", "rate"), ("sum_over_tiem", "sum_over_time"),
        ("x", ""), ("completely", ""), ("", ""),
    ])
    func `The nearest name is found, if any is near`(name: String, expected: String) {
        let names = ["rad", "rate", "irate", "sum_over_time", "abs"]
        #expect(nearest(name, in: names) ?? "" == expected)
    }
}
