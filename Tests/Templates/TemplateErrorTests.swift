import Diagnostics
import Testing

@testable import Templates

@Suite struct TemplateErrorTests {
    private func error(_ text: String) throws -> TemplateError {
        let template: RuleTemplate
        do throws(TemplateError) {
            template = try RuleTemplate(text, name: "t")
        } catch {
            return error
        }
        return try #require(template.expand(ruleInput, context: ruleContext()).error)
    }

    @Test(arguments: [
        // The text, the place, and what stands there.
        ("ab {{ foo }}", "1:6", "foo"),
        ("é {{ $labels.job.x }}", "1:6", "$labels.job.x"),
        ("a\nb\n  {{ toUpper 5 }}", "3:13", "5"),
        ("a\r\n\t{{ if gt $value 1 }}x{{ end }}", "2:7", "gt $value 1"),
        ("{{ \"x\" | humanize }}", "1:9", "humanize"),
        ("日本{{ (1 }}", "1:12", "}}"),
        ("{{ \"abc", "1:3", "\"abc"),
        ("{{ if 1 }}x", "1:11", ""),
        ("{{ printf \"%d\" (index $labels 5) }}", "1:16", "index $labels 5"),
        ("{{ range $value }}{{ end }}", "1:9", "$value"),
        ("{{ $labels.job.foo | printf }}", "1:3", "$labels.job.foo"),
        ("{{ .Labels.job 1 }}", "1:3", ".Labels.job"),
        ("{{ template \"nobody\" }}", "1:12", "\"nobody\""),
    ])
    func `An error points at what is wrong`(_ text: String, _ place: String, _ part: String) throws {
        let error = try error(text)
        #expect("\(error.line):\(error.column)" == place)
        #expect(String(decoding: Array(text.utf8)[error.range], as: UTF8.self) == part)
    }

    @Test(arguments: [
        ("{{ humanise 5 }}", "did you mean 'humanize'?"), ("{{ $label.job }}", "did you mean '$labels'?"),
        ("{{ .Lables.job }}", "did you mean 'Labels'?"), ("{{ (toTime 5).Yaer }}", "did you mean 'Year'?"),
        ("{{ x }}", nil),
    ])
    func `A slip of the pen is answered with what was meant`(_ text: String, _ help: String?) throws {
        #expect(try error(text).help == help)
    }

    @Test func `An error is a problem of the file its template stands in`() throws {
        let source = SourceText(name: "rules.yml", text: "{{ foo }}")
        let problem = try error(source.text).diagnostic(in: source)
        #expect(problem.code == "template/parse")
        #expect(problem.range == 3..<6)
        #expect(problem.message == #"function "foo" not defined"#)
    }

    @Test func `Missing keys are empty, absent or an error, as asked`() throws {
        let template = try Template.parse("{{ .a }}|{{ .b }}", name: "t")
        let data = TemplateValue.map(TemplateMap(texts: [("a", "1")]))
        #expect(try template.execute(data: data) == "1|")
        #expect(try template.execute(data: data, missingKey: .noValue) == "1|<no value>")
        let error = try #require(throws: TemplateError.self) { try template.execute(data: data, missingKey: .error) }
        #expect(error.description == #"template: t:1:12: executing "t" at <.b>: map has no entry for key "b""#)
    }

    @Test func `A failure inside a called template is told, and leaves the caller's variables alone`() throws {
        let text =
            #"{{ define "t" }}{{ reReplaceAll "(." 15 "a" }}{{ end }}{{ with $x := 1 }}{{ template "t" }}{{ end }}"#
        let expansion = try RuleTemplate(text, name: "test").expand(
            RuleTemplate.Input(labels: [], value: 0, externalLabels: [], externalURL: ""),
            context: TemplateContext()
        )
        #expect(expansion.error?.message.isEmpty == false)
    }

    @Test func `A template is carried out by name`() throws {
        let template = try Template.parse("{{ define \"a\" }}<{{ . }}>{{ end }}{{ define \"b\" }}{{ end }}", name: "t")
        #expect(template.definedNames == ["a", "b", "t"])
        #expect(try template.execute(definition: "a", data: .integer(5)) == "<5>")
        #expect(throws: TemplateError.self) { try template.execute(definition: "c", data: .nothing) }
    }
}

@Suite struct TemplateReferenceTests {
    @Test func `Labels, values and queries a template reads are found with their places`() throws {
        let text = """
            {{ $labels.job }} {{ .Labels.instance | toUpper }} {{ index $labels "zone" }} {{ $.Labels.a }} {{ $externalLabels.region }}
            {{ if gt $value 1.0 }}{{ printf "%s" (index .Labels "b") }}{{ end }}{{ with $labels.c }}{{ .Labels.no }}{{ $labels.d }}{{ end }}
            {{ range $labels }}{{ end }}{{ .Value }}{{ query "up == 0" | first | value }}{{ (args $labels.e).arg0 }}
            """
        let template = try RuleTemplate(text, name: "t")
        let references = TemplateReferences(template)
        #expect(references.labels.map(\.name) == ["job", "instance", "zone", "a", "b", "c", "d", "e"])
        #expect(references.externalLabels.map(\.name) == ["region"])
        #expect(references.queries.map(\.name) == ["up == 0"])
        #expect(references.wholeLabels.count == 1)
        let bytes = Array(text.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        #expect(
            references.labels.map { part($0.range) }.prefix(3) == [
                "$labels.job", ".Labels.instance", "index $labels \"zone\"",
            ]
        )
        #expect(references.values.map(part) == ["$value", ".Value"])
    }
}
