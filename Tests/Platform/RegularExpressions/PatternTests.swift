import RegularExpressions
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("api", "api", true), ("api", "api2", false), ("api", "xapi", false), ("a|b", "b", true), ("a|b", "ab", false),
        ("", "", true), ("", "a", false), (".*", "", true), (".+", "", false), ("^a$", "a", true),
        ("[0-9]{3}", "123", true), ("[0-9]{3}", "1234", false), ("(?i)ÉTÉ", "été", true), ("\\d+", "٣", false),
    ]) func `An anchored pattern covers the whole text`(source: String, text: String, expected: Bool) throws {
        #expect(try Pattern(source, anchored: true).matches(text) == expected)
    }

    @Test func `Without an anchor a match anywhere counts`() throws {
        #expect(try Pattern("b+", anchored: false).matches("abba"))
        #expect(try !Pattern("^b", anchored: false).matches("abba"))
    }

    @Test(arguments: [false, true]) func `A dot matches a newline only where that was asked for`(dotted: Bool) throws {
        #expect(try Pattern("a.b", anchored: true, dotMatchesNewline: dotted).matches("a\nb") == dotted)
        #expect(try Pattern("(?s)a.b", anchored: true).matches("a\nb"))
    }

    @Test func `A dot is one character, however many bytes it takes`() throws {
        let one = try Pattern(".", anchored: true)
        for text in ["a", "é", "語", "🩺"] { #expect(one.matches(text)) }
        // Two code points, though one character to a reader.
        #expect(!one.matches("e\u{301}"))
    }

    @Test func `Composed and decomposed accents are different texts`() throws {
        #expect(try !Pattern("caf\u{e9}", anchored: true).matches("cafe\u{301}"))
    }

    @Test func `A NUL is a character like others, in pattern and text`() throws {
        #expect(try Pattern("a\0b", anchored: true).matches("a\0b"))
        #expect(try !Pattern("a\0b", anchored: true).matches("a"))
        #expect(try Pattern("a.b", anchored: true).matches("a\0b"))
        #expect(try !Pattern("a", anchored: true).matches("a\0b"))
    }

    @Test(arguments: ["(", "a)", "[a", "*a", "a**", "a{2,1}", "(?P<n", "\\", "\\8", "(?=a)", "a{1001}", "[[:nix:]]"])
    func `What is no pattern is refused with the reason`(source: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(source, anchored: true) }
        #expect(error?.pattern == source)
        #expect(error?.reason.isEmpty == false)
    }

    @Test func `The reason is the one of RE2`() {
        let error = #expect(throws: PatternError.self) { try Pattern("a(b", anchored: true) }
        #expect(error?.reason == "missing ): a(b")
    }

    @Test func `A long reason is cut between characters`() {
        let source = "a(?P<" + String(repeating: "é", count: 1_000) + ">"
        let error = #expect(throws: PatternError.self) { try Pattern(source, anchored: true) }
        #expect(error?.reason == "missing ): a(?P<" + String(repeating: "é", count: 119) + "...")
    }

    @Test func `A pattern that would fill the memory is refused`() {
        let nested = "((((a{100}){100}){100}){100}){100}"
        #expect(throws: PatternError.self) { try Pattern(nested, anchored: true) }
    }

    @Test func `Deep nesting uses no stack`() throws {
        let deep = String(repeating: "(", count: 100_000) + "a" + String(repeating: ")", count: 100_000)
        #expect(try Pattern(deep, anchored: true).matches("a"))
    }

    @Test func `A hostile pattern takes time in proportion to the text`() throws {
        let pattern = try Pattern("(a+)+$", anchored: true)
        let text = String(repeating: "a", count: 100_000) + "b"
        // A backtracking engine would need more steps than there are atoms.
        #expect(!pattern.matches(text))
    }

    @Test func `Bytes that are no text match no dot, and harm nothing`() throws {
        let bytes: [UInt8] = [0x61, 0xff, 0x62]
        let pattern = try Pattern("a.b", anchored: true)
        #expect(unsafe bytes.withUnsafeBufferPointer { unsafe !pattern.matches($0) })
        #expect(unsafe try Pattern("", anchored: true).matches(UnsafeBufferPointer(start: nil, count: 0)))
    }
}

@Suite struct PatternMatchTests {
    @Test func `Groups are told by place and name`() throws {
        let pattern = try Pattern("(?P<host>[^:]+):(\\d+)(/x)?", anchored: true)
        #expect(pattern.groupCount == 3)
        #expect(pattern.groupNames == ["host", nil, nil])
        let match = try #require(pattern.firstMatch(in: "db1:5432"))
        #expect(match.range == 0..<8)
        #expect(match.groups == [0..<3, 4..<8, nil])
    }

    @Test func `An empty group that took part is not an absent one`() throws {
        let match = try #require(Pattern("a(b*)(c)?", anchored: true).firstMatch(in: "a"))
        #expect(match.groups == [1..<1, nil])
    }

    @Test func `Ranges count bytes`() throws {
        let match = try #require(Pattern("語(.)", anchored: false).firstMatch(in: "日本語é"))
        #expect(match.range == 6..<11)
        #expect(match.groups == [9..<11])
    }

    @Test func `A search goes on from where it is told`() throws {
        let pattern = try Pattern("\\bb.", anchored: false)
        let text = "ba bc bd"
        var found: [Range<Int>] = []
        var place = 0
        while let match = pattern.firstMatch(in: text, from: place) {
            found.append(match.range)
            place = match.range.upperBound
        }
        #expect(found == [0..<2, 3..<5, 6..<8])
    }

    @Test func `The beginning of the text is not where the search begins`() throws {
        #expect(try Pattern("^b", anchored: false).firstMatch(in: "ab", from: 1) == nil)
        #expect(try Pattern("b$", anchored: false).firstMatch(in: "ab", from: 1)?.range == 1..<2)
    }

    @Test(arguments: [2, 3, 1_000, .max, -1, .min])
    func `A place outside the text finds nothing but the empty match at its end`(
        place: Int
    ) throws {
        let match = try Pattern("x*", anchored: false).firstMatch(in: "ab", from: place)
        #expect(match?.range == (place == 2 ? 2..<2 : nil))
    }

    @Test func `Many threads share one pattern`() async throws {
        let pattern = try Pattern("(a|b)*c([0-9]+)", anchored: true)
        let text = String(repeating: "ab", count: 500) + "c42"
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    (0..<200).count { _ in
                        pattern.matches(text) && pattern.firstMatch(in: text)?.groups.last == .some(1_001..<1_003)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [Int](repeating: 200, count: 16))
    }
}
