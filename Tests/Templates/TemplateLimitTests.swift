import Testing

@testable import Templates

@Suite struct TemplateLimitTests {
    private func failure(_ text: String, _ limits: TemplateLimits = TemplateLimits()) throws -> TemplateError {
        let template: Template
        do {
            template = try Template.parse(text, name: "t", limits: limits)
        } catch {
            return error
        }
        return try #require(throws: TemplateError.self) {
            try template.execute(data: .nothing, context: ruleContext(limits: limits))
        }
    }

    @Test(arguments: [
        (
            "{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}",
            "exceeded maximum template depth (100)"
        ),
        (
            "{{ define \"x\" }}{{ tmpl \"x\" . }}{{ end }}{{ template \"x\" . }}",
            "exceeded maximum template depth (100)"
        ),
        ("{{ template \"t\" . }}", "exceeded maximum template depth (100)"),
        ("{{ range 1000000000 }}{{ end }}", "more than 1000000 steps"),
        ("{{ range 1000000 }}0123456789{{ end }}", "the result is longer than 1048576 bytes"),
        (
            "{{ $s := \"0123456789\" }}{{ range 100 }}{{ $s = print $s $s }}{{ end }}",
            "the result of print is longer than 1048576 bytes"
        ),
        (
            "{{ $s := args 1 }}{{ range 200 }}{{ $s = args $s $s }}{{ end }}{{ $s }}",
            "the result is longer than 1048576 bytes"
        ),
        ("{{ printf \"%999999d%999999d\" 1 2 }}", "the result of printf is longer than 1048576 bytes"),
        (
            "{{ $s := printf \"%900000d\" 1 }}{{ reReplaceAll \"\" $s $s }}",
            "error calling reReplaceAll: the result is longer than 1048576 bytes"
        ),
        (
            "{{ $s := \"<\" }}{{ range 19 }}{{ $s = print $s $s }}{{ end }}{{ html $s }}",
            "the result of html is longer than 1048576 bytes"
        ),
        (
            "{{ $s := printf \"%900000d\" 1 }}{{ reReplaceAll \" .*b| \" \"\" $s }}",
            "error calling reReplaceAll: the text has too many matches for its length"
        ),
        ("{{ range 10000 }}{{ query \"m\" }}{{ end }}", "more than 1000000 steps"),
    ])
    func `A template without end is stopped`(_ text: String, _ message: String) throws {
        let error = try failure(text)
        #expect(error.message == message)
    }

    @Test func `Deep nesting is refused when the text is read`() throws {
        let parentheses =
            "{{ " + String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000) + " }}"
        let blocks = String(repeating: "{{ if 1 }}", count: 5000) + String(repeating: "{{ end }}", count: 5000)
        let others = "{{ if 0 }}" + String(repeating: "{{ else if 0 }}", count: 5000) + "{{ end }}"
        for text in [parentheses, blocks, others] {
            let error = try failure(text)
            #expect(error.phase == .limit)
            #expect(error.message == "nested deeper than 100 levels")
        }
    }

    @Test func `A long text is refused`() throws {
        var limits = TemplateLimits()
        limits.source = 10
        #expect(try failure("01234567890", limits).message == "the template is longer than 10 bytes")
    }

    @Test func `Output up to the limit is whole`() throws {
        var limits = TemplateLimits()
        limits.output = 10
        let template = try Template.parse("{{ range 5 }}xy{{ end }}", name: "t")
        #expect(try template.execute(data: .nothing, context: TemplateContext(limits: limits)) == "xyxyxyxyxy")
        limits.output = 9
        #expect(throws: TemplateError.self) {
            try template.execute(data: .nothing, context: TemplateContext(limits: limits))
        }
    }

    @Test(arguments: 0..<20)
    func `No text makes reading or carrying out fail in another way than with an error`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 3)
        let pieces = [
            "{{", "}}", "{{ ", " }}", "{{- ", " -}}", "if ", "else", "end", "range ", "with ", "define ", "template ",
            "block ", "\"a\"", "`b`", "'c'",
            "$x", ":=", "=", ",", "|", "(", ")", ".", ".Labels", "$labels", ".a", "1", "1e9", "-", "0x", "printf ",
            "\"%[1]*d%s%!\"", "index ", "slice ",
            "args ", "break", "continue", "nil", "true", "/*", "*/", "é", "\u{A0}", "\n", " ", "\\", "\"",
            "reReplaceAll ", "\"(a|b)*\"", "toTime ", ".Format ",
        ]
        for _ in 0..<1500 {
            let count = Int.random(in: 0..<20, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            do throws(TemplateError) {
                let template = try RuleTemplate(text, name: "t")
                let expansion = template.expand(ruleInput, context: ruleContext())
                #expect(expansion.text.utf8.count <= 1 << 20)
                _ = TemplateReferences(template)
            } catch {
                #expect(error.range.upperBound <= text.utf8.count)
                #expect(!error.message.isEmpty)
            }
        }
    }
}
