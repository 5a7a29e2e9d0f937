import Diagnostics
import Testing
import YAML

@Suite struct SyntaxErrorTests {
    @Test(arguments: [
        ("a:\n\tb: 1\n", "2:1 yaml/syntax: a tab stands where YAML wants spaces (indent with spaces)"),
        (
            "a: b: c\n",
            "1:5 yaml/syntax: a ':' stands where no key can be"
                + " (put a value that holds ': ' in quotes, or check the indentation)"
        ),
        ("é: @x\n", "1:4 yaml/syntax: a value cannot begin with '@' (put the value in quotes)"),
        ("a: 'x\n", "2:1 yaml/syntax: the file ends inside quotes; it began at 1:4 (close the quotes)"),
        ("a: [1, 2\nb: 3\n", "2:2 yaml/syntax: a list in brackets is not continued with ',' nor closed with ']'"),
        ("a: {b: 1\n", "2:1 yaml/syntax: a mapping in braces is not continued with ',' nor closed with '}'"),
        ("a: 1\n b: 2\n", "2:3 yaml/syntax: a ':' stands where no key can be"),
        ("a:\n  - 1\n b: 2\n", "3:2 yaml/syntax: this line does not fit the block it is in; it began at 1:1"),
        ("a: \"\\q\"\n", "1:5 yaml/syntax: double quotes do not know this escape"),
        ("a: x\u{1}y\n", "1:5 yaml/syntax: a control character is not allowed here"),
        ("a: 1\n---\nb: 2\n", "2:1 yaml/documents: a second document begins here; one is expected"),
        ("a: *x\n", "1:4 yaml/unknown-anchor: no '&x' before '*x'"),
        ("a: &defaults 1\nb: *default\n", "2:4 yaml/unknown-anchor: no '&default' before '*default' (did you mean"),
        ("a: &x [*x]\n", "1:8 yaml/endless-alias: '*x' stands inside the value it stands for"),
        (
            "a: 1\nb: 2\na: 3\n",
            "3:1 yaml/duplicate-key: the key 'a' stands twice in the same mapping (the first is at 1:1)"
        ),
        ("? [a]\n: 1\n", "1:3 yaml/key: a key must be a single value, not a list"),
        ("a: {<<: 5}\n", "1:9 yaml/merge: '<<' takes a mapping or a list of mappings, not the number 5"),
    ])
    func `A broken document is told with its place`(_ text: String, _ expected: String) throws {
        let lines = read(text).problems.lines
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.hasPrefix(expected), "\(line)")
    }

    @Test(arguments: ["a: 1\n---\n", "---\na: 1\n---\n# the end\n", "a: 1\n---\n~\n"])
    func `A separator after which nothing comes begins no second document`(_ text: String) {
        let (document, problems) = read(text)
        #expect(document?.root.mapping?["a"]?.scalar?.text == "1")
        #expect(problems.lines.isEmpty)
    }

    @Test func `What is wrong but readable is told all at once, in the order of the file`() {
        let (document, problems) = read("b: 1\na: *nobody\nb: 2\nc: {d: 1, d: 2}\n")
        #expect(document != nil)
        #expect(problems.lines.map { $0.prefix { $0 != ":" } } == ["2", "3", "4"])
    }

    @Test func `A file of aliases to aliases is refused before it grows`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        let (document, problems) = read(text)
        #expect(document == nil)
        #expect(problems.lines == ["6:45 yaml/limit: the file holds more than 1000000 values, aliases counted"])
    }

    @Test func `Merges count as what they bring`() {
        var text = "a0: &a0 {k0: 1}\n"
        for level in 1...60 { text += "a\(level): &a\(level) {<<: *a\(level - 1), k\(level): 1}\n" }
        var limits = YAMLLimits()
        limits.nodes = 1000
        #expect(read(text, limits: limits).document == nil)
        #expect(read(text).document?.root.mapping?["a60"]?.mapping?.entries.count == 61)
    }

    @Test func `Deep nesting is refused, through aliases too`() {
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(read(deep).problems.lines == ["1:102 yaml/limit: values are nested deeper than 100 levels"])
        let half = String(repeating: "[", count: 60) + "1" + String(repeating: "]", count: 60)
        let outer = String(repeating: "[", count: 60) + "*x" + String(repeating: "]", count: 60)
        #expect(read("a: &x \(half)\nb: 1\n").document != nil)
        #expect(
            read("a: &x \(half)\nb: \(outer)\n").problems.lines == [
                "2:64 yaml/limit: values are nested deeper than 100 levels"
            ]
        )
    }

    @Test func `A file above the size limit is not read`() {
        var limits = YAMLLimits()
        limits.bytes = 10
        #expect(
            read("abcdefghijk", limits: limits).problems.lines == [
                "1:1 yaml/limit: the file has 11 bytes, more than the 10 allowed"
            ]
        )
    }
}
