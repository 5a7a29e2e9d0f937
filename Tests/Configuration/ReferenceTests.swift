import Diagnostics
import Testing
import YAML

@testable import Configuration

@Suite struct ReferenceTests {
    private func resolve(_ text: String) -> (value: String?, problems: [Diagnostic]) {
        let source = SourceText(name: "medic.yml", text: text)
        let problems = Problems(in: source)
        let document = YAMLDocument(source, problems: problems)?.resolvingReferences(
            { reference in
                switch reference {
                case .environment("HOME"): "/nowhere/at-all"
                case .environment("TRICK"): "${env:HOME}"
                case .credential("key"): "s3cret"
                default: nil
                }
            },
            problems
        )
        return (document?.root.mapping?["a"]?.scalar?.text, problems.diagnostics)
    }

    @Test(arguments: [
        ("a: ${env:HOME}/x", "/nowhere/at-all/x"),
        ("a: 'u:${credential:key}@${env:HOME}'", "u:s3cret@/nowhere/at-all"),
        ("a: $1 ${name} ${env:HOME", "$1 ${name} ${env:HOME"),
        ("a: ${env:TRICK}", "${env:HOME}"),
    ])
    func `References are replaced once; what only looks like one is left alone`(text: String, value: String) {
        #expect(resolve(text).value == value)
        #expect(resolve(text).problems.isEmpty)
    }

    @Test func `A reference to nothing is told at its place, with what to do`() {
        let problem = resolve("b: 1\na: ${credential:smtp}\n").problems.first
        #expect(problem?.start.description == "2:4")
        #expect(problem?.code == "config/unresolved-reference")
        #expect(problem?.message == "there is no credential 'smtp'")
        #expect(problem?.help == "hand it to the service: LoadCredential=smtp:/path in a drop-in of its unit")
    }
}
