import Metrics
import Testing

@testable import Templates

@Suite struct `Templates that refuse what is missing` {
    private func render(_ text: String, escaping: Template.Escaping = .none) throws -> String {
        let labels = TemplateValue.map(TemplateMap([(key: "job", value: TemplateValue.string("api"))]))
        let data = TemplateValue.record(TemplateRecord([("Labels", labels)], type: TemplateType("data")))
        return try Template.parse(text, name: "t").execute(data: data, missingKey: .refused, escaping: escaping)
    }

    @Test(arguments: [
        ("{{ .Labels.job }}", "api"), ("{{ or .Labels.x \"y\" }}", "y"),
        ("{{ if .Labels.x }}a{{ else }}b{{ end }}", "b"),
        ("{{ with .Labels.x }}a{{ else }}b{{ end }}", "b"), ("{{ if not .Labels.x }}a{{ end }}", "a"),
        ("{{ and .Labels.job \"z\" }}", "z"), ("{{ if and .Labels.job .Labels.x }}a{{ else }}b{{ end }}", "b"),
    ])
    func `It may be asked about`(_ text: String, _ wanted: String) throws {
        #expect(try render(text) == wanted)
    }

    @Test(arguments: [
        "{{ .Labels.x }}", "{{ .Labels.x | print }}", "{{ print .Labels.x }}", "{{ printf \"%v\" .Labels.x }}",
        "{{ len .Labels.x }}",
        "{{ .Labels.x | toUpper }}", "{{ eq .Labels.x \"a\" }}", "{{ index .Labels \"x\" }}",
        "{{ $y := .Labels.x }}{{ $y }}",
        "{{ or .Labels.x .Labels.y }}",
    ])
    func `It may be neither printed nor handed on`(_ text: String) {
        #expect(throws: TemplateError.self) { try render(text) }
    }

    @Test func `Printed values can be marked, and what the author wrote is not`() throws {
        let marked = try render("a {{ .Labels.job }} {{ \"b\" }}", escaping: .custom { "<\($0)>" })
        #expect(marked == "a <api> <b>")
    }

    @Test func `The ways into the data that a template takes are known`() throws {
        let template = try Template.parse(
            "{{ .A.b }}{{ $x.c }}{{ index .A \"d\" }}{{ range .E }}{{ .f }}{{ $.g }}{{ end }}{{ with .A }}{{ .h }}{{ end }}",
            name: "t",
            variables: ["$x"]
        )
        let paths = TemplateFields(template, aliases: ["$x": "X"]).paths.map { $0.names.joined(separator: ".") }
        #expect(paths == ["A.b", "X.c", "A.d", "E", "g", "A"])
    }
}
