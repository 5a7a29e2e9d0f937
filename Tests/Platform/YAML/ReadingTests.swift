import Diagnostics
import Testing

@testable import YAML

@Suite struct ReadingTests {
    @Test(arguments: [
        ("", "null"),
        ("# nothing\n", "null"),
        ("a: 1", "{a: 1}"),
        ("a: 1\r\nb: x\r\n", #"{a: 1, b: "x"}"#),
        ("\u{FEFF}a: 1\nb: 2\n", "{a: 1, b: 2}"),
        ("- a\n- 'b'\n- \"c\\n\"\n", #"["a", "b", "c\n"]"#),
        ("größe: große\n日本: 語\n", #"{größe: "große", 日本: "語"}"#),
        ("a: |\n  x\n   y\nb: >-\n  x\n  y\n", #"{a: "x\n y\n", b: "x y"}"#),
        ("{a: [1, 2.5, true, ~, '5'], b: {}}", #"{a: [1, 2.5, true, null, "5"], b: {}}"#),
        ("a: &x {b: 1}\nc: *x", "{a: {b: 1}, c: {b: 1}}"),
        ("a: &x {b: 1, c: 2}\nd:\n  c: 3\n  <<: *x\n", "{a: {b: 1, c: 2}, d: {c: 3, b: 1}}"),
        ("a: &x {b: 1}\nc: &y {b: 2, d: 4}\ne: {<<: [*x, *y]}", "{a: {b: 1}, c: {b: 2, d: 4}, e: {b: 1, d: 4}}"),
        ("a: !!str 5\nb: !!int '5'\nc: ! 5", #"{a: "5", b: 5, c: "5"}"#),
        ("---\na: 1\n...\n", "{a: 1}"),
        ("a:\nb: ", "{a: null, b: null}"),
        ("é: 1\ne\u{301}: 2\n", "{é: 1, e\u{301}: 2}"),
    ])
    func `A document becomes a tree`(_ text: String, _ outline: String) {
        let (document, problems) = read(text)
        #expect(problems.lines.isEmpty)
        #expect(document?.root.outline == outline)
    }

    @Test(arguments: [
        ("yes", YAMLValue.string("yes")), ("on", .string("on")), ("True", .boolean(true)), ("FALSE", .boolean(false)),
        ("null", .null), ("~", .null), ("Null", .null), ("nil", .string("nil")),
        ("12", .integer(12)), ("+12", .integer(12)), ("-0x1F", .integer(-31)), ("0o17", .integer(15)),
        ("017", .integer(15)), ("0b101", .integer(5)), ("1_000", .integer(1000)), ("08", .float(8)),
        ("_1", .string("_1")),
        ("9223372036854775808", .float(9_223_372_036_854_775_808)), ("0", .integer(0)), ("-", .string("-")),
        ("+-1", .string("+-1")), ("0x", .string("0x")), ("0x-1", .string("0x-1")),
        ("1.5", .float(1.5)), (".5", .float(0.5)), ("5.", .float(5)), ("1e3", .float(1000)), ("1e+03", .float(1000)),
        ("1e", .string("1e")), ("e1", .string("e1")), (".", .string(".")), ("0x1p3", .string("0x1p3")),
        (".inf", .float(.infinity)), ("-.INF", .float(-.infinity)), ("inf", .string("inf")), ("nan", .string("nan")),
        ("2001-01-01", .string("2001-01-01")),
        ("2001-12-14t21:59:43.10-05:00", .string("2001-12-14t21:59:43.10-05:00")),
        ("5m", .string("5m")), ("1h30m", .string("1h30m")), ("10%", .string("10%")), ("12:30", .string("12:30")),
    ])
    func `A plain scalar means what Go's libraries take it for`(_ text: String, _ value: YAMLValue) {
        #expect(YAMLValue(plain: text) == value)
    }

    @Test func `Nodes know their bytes, behind accents, tabs, wide characters and a byte order mark`() throws {
        for prefix in ["", "\u{FEFF}"] {
            let text = prefix + "ключ: значение # 語\r\nliste:\t[ä, \"b\u{1F600}\" , 'c']\r\nlast: &x !!str  end"
            let root = try #require(read(text).document?.root)
            let source = SourceText(text: text)
            let mapping = try #require(root.mapping)
            #expect(mapping.entries.map { source.bytes($0.keyRange) } == ["ключ", "liste", "last"])
            #expect(source.bytes(try #require(mapping["ключ"]).range) == "значение")
            let list = try #require(mapping["liste"])
            #expect(source.bytes(list.range) == "[ä, \"b\u{1F600}\" , 'c']")
            #expect(list.sequence?.map { source.bytes($0.range) } == ["ä", "\"b\u{1F600}\"", "'c'"])
            #expect(source.bytes(try #require(mapping["last"]).range) == "end")
            #expect(mapping["last"]?.anchor == "x")
        }
    }

    @Test func `A block's range ends with its last line, a block mapping's with its last value`() throws {
        let text = "a:\n  b: |+ # why\n    x\n    y \n\n\n# comment\nc: >\n  z\n"
        let root = try #require(read(text).document?.root)
        let source = SourceText(text: text)
        #expect(source.bytes(try #require(root.mapping?["a"]).range) == "b: |+ # why\n    x\n    y ")
        #expect(source.bytes(try #require(root.mapping?["c"]).range) == ">\n  z")
    }

    @Test func `Several documents can be read one after the other`() {
        let problems = Problems(in: SourceText(text: "a: 1\n---\nb: 2\n---\n"))
        let documents = YAMLDocument.all(in: problems.source, problems: problems)
        #expect(documents.map(\.root.outline) == ["{a: 1}", "{b: 2}", "null"])
    }

    @Test func `An alias keeps its own place beside that of what it stands for`() throws {
        let text = "a: &x 5\nb: *x\n"
        let node = try #require(read(text).document?.root.mapping?["b"])
        #expect(node.value == .integer(5))
        #expect(node.range == 6..<7)
        #expect(node.alias == 11..<13)
    }

    @Test func `Bytes that are no UTF-8 are refused by name and place`() {
        #expect(throws: YAMLEncodingError(message: "the file is in UTF-16; medic reads UTF-8", offset: 0)) {
            try SourceText(name: nil, yaml: [0xFF, 0xFE, 0x61, 0x00])
        }
        #expect(throws: YAMLEncodingError(message: "the file is not UTF-8", offset: 3)) {
            try SourceText(name: nil, yaml: Array("a: ".utf8) + [0xE9, 0x0A])
        }
    }
}
