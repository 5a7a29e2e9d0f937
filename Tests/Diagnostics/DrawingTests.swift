import Diagnostics
import Testing

@Suite("Drawing problems") struct DrawingTests {
    private func drawn(_ problem: Diagnostic, _ style: TextStyle = .plain) -> String {
        DiagnosticFormat.text.render([problem], style: style)
    }

    @Test func `Place, message, line, caret and help`() {
        let problem = problem(
            "groups:\n- rules:\n  - expr: ‹rat›(x[5m])\n",
            code: "promql/parse",
            message: "unknown function with name \"rat\"",
            help: "did you mean \"rate\"?"
        )
        #expect(
            drawn(problem) == """
                rules.yml:3:11: parse error: unknown function with name "rat" [promql/parse]
                3 |   - expr: rat(x[5m])
                  |           ^~~ did you mean "rate"?

                """
        )
    }

    @Test func `An expression without a file`() {
        #expect(
            drawn(problem("1 + ‹›", name: nil, .warning)) == """
                1:5: warning: wrong [a/b]
                1 | 1 +
                  |     ^

                """
        )
    }

    @Test(arguments: [
        ("\tx: ‹bad›", "1 |     x: bad\n  |        ^~~\n"),
        ("日本: ‹値›!", "1 | 日本: 値!\n  |       ^~\n"),
        ("e\u{301}: ‹x›", "1 | e\u{301}: x\n  |    ^\n"),
        ("😀 ‹x›", "1 | 😀 x\n  |    ^\n"),
        ("a‹b›\r\nc", "1 | ab\n  |  ^\n"),
        ("last‹›", "1 | last\n  |     ^\n"),
        ("a\n‹›", "2 | \n  | ^\n"),
        ("\u{1B}[31m‹x›", "1 | ␛[31mx\n  |      ^\n"),
        ("‹\u{202E}x›", "1 | \u{FFFD}x\n  | ^~\n"),
    ])
    func `Carets stand under what they mean`(text: String, excerpt: String) {
        let lines = drawn(problem(text)).split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        #expect(lines.last.map(String.init) == excerpt)
    }

    @Test func `A range over several lines shows its ends`() {
        #expect(
            drawn(problem("a: ‹sum(\n  x\n  y\n  z)› b")) == """
                rules.yml:1:4: error: wrong [a/b]
                1 | a: sum(
                  |    ^~~~
                  ...
                4 |   z) b
                  |   ~~

                """
        )
        #expect(
            drawn(problem("a: ‹b\n›c")) == """
                rules.yml:1:4: error: wrong [a/b]
                1 | a: b
                  |    ^

                """
        )
    }

    @Test func `A long line is cut around what matters`() {
        let long = String(repeating: "a + ", count: 100) + "‹bad›" + String(repeating: " + b", count: 100)
        let lines = drawn(problem(long), TextStyle(width: 60)).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 60 })
        #expect(lines[1].contains("…") && lines[1].contains("bad") && lines[1].hasSuffix("…"))
        let caret = lines[2].prefix { $0 != "^" }.count
        let bad = lines[1].prefix { $0 != "d" }.count - 2
        #expect(caret == bad)
    }

    @Test(arguments: [0, 10, 500_000, 999_990])
    func `A line of a million characters is drawn as fast as any`(place: Int) {
        let text = String(repeating: "é", count: place) + "‹bad›" + String(repeating: "ü", count: 1_000_000 - place)
        let lines = drawn(problem(text), TextStyle(width: 60)).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 70 } && lines[1].contains("bad") && lines[2].contains("^~~"))
    }

    @Test func `Colours are for terminals only`() {
        #expect(!drawn(problem("‹x›")).contains("\u{1B}"))
        #expect(drawn(problem("‹x›"), .coloured).contains("\u{1B}[1;31merror:\u{1B}[0m"))
    }

    @Test func `Problems come in the order of the file`() {
        let source = SourceText(name: "f", text: "abc")
        let problems = [2, 0, 1].map {
            Diagnostic(.error, code: "c", message: "\($0)", range: $0..<$0 + 1, source: source)
        }
        #expect(problems.inFileOrder().map(\.message) == ["0", "1", "2"])
        #expect(DiagnosticFormat.text.render([]) == "")
    }
}
