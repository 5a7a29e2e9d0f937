import Diagnostics
import JSON
import Testing

@Suite("Problems for programs") struct FormatTests {
    private let sample = problem(
        "é: ‹bad›\n",
        name: "a b/c:d.yml",
        .information,
        message: "100%: \"wrong\"\nreally",
        help: "write good"
    )

    @Test func `JSON`() throws {
        let json = try JSONValue(parsing: DiagnosticFormat.json.render([sample]))
        #expect(
            json == [
                [
                    "file": "a b/c:d.yml", "line": 1, "column": 4, "endLine": 1, "endColumn": 7,
                    "severity": "information", "code": "a/b", "message": "100%: \"wrong\"\nreally",
                    "help": "write good",
                ]
            ]
        )
        #expect(DiagnosticFormat.json.render([]) == "[]\n")
    }

    @Test func `SARIF`() throws {
        let json = try JSONValue(parsing: DiagnosticFormat.sarif.render([sample, sample]))
        #expect(json["version"] == "2.1.0")
        let run = json["runs"]?.array?.first
        #expect(run?["tool"]?["driver"] == ["name": "medic", "rules": [["id": "a/b"]]])
        #expect(run?["columnKind"] == "unicodeCodePoints")
        #expect(run?["results"]?.array?.count == 2)
        let result = run?["results"]?.array?.first
        #expect(result?["ruleId"] == "a/b")
        #expect(result?["level"] == "note")
        #expect(
            result?["locations"]?.array?.first?["physicalLocation"] == [
                "artifactLocation": ["uri": "a%20b/c%3Ad.yml"],
                "region": ["startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 7],
            ]
        )
    }

    @Test func `GitHub`() {
        #expect(
            DiagnosticFormat.github.render([sample])
                == "::notice file=a b/c%3Ad.yml,line=1,endLine=1,col=4,endColumn=6,title=a/b::"
                + "100%25: \"wrong\"%0Areally%0Awrite good\n"
        )
        #expect(
            DiagnosticFormat.github.render([problem("‹a\nb›")]).hasPrefix(
                "::error file=rules.yml,line=1,endLine=2,title="
            )
        )
    }
}
