import Diagnostics
import Metrics
import Playbooks
import YAML

extension FuzzTarget {
    static let playbooks = FuzzTarget(
        "playbooks",
        "a playbook file is read or refused with problems that lie inside it, and what is read can be carried out or not, for any label",
        inputMax: 768
    ) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        let source = SourceText(name: "fuzz.yml", text: text)
        let problems = Problems(in: source)
        let file = PlaybookFile(source, problems: problems, surroundings: PlaybookSurroundings(catalogue: catalogue))
        hold(file != nil || problems.hasErrors, "refused without a reason")
        check(problems, inside: source)
        guard let file else { return }
        let library = PlaybookLibrary([file])
        let isSound = !library.problems.contains { $0.severity == .error }
        let renderer = PlaybookRenderer(library: library, catalogue: catalogue)
        // A label that is as hostile as the file.
        let labels: Labels = ["a": text, "job": "../;\"`{{"]
        for playbook in library.playbooks where isSound {
            do throws(RenderingFailure) {
                let facts = AlertFacts(labels: labels, value: 1, subject: labels, run: "1")
                let rendered = try renderer.render(playbook, facts)
                hold(rendered.digest(evidence: []).utf8.count == 64, "no digest")
                for step in rendered.allSteps { inspect(step.arguments) }
            } catch {
                hold(
                    !error.errors.isEmpty && error.errors.allSatisfy { !$0.message.isEmpty },
                    "refused without a reason"
                )
            }
        }
    }

    /// One action with an argument of each kind.
    private static let catalogue = ActionCatalogue([
        ActionDeclaration(
            name: "a.b",
            summary: "",
            arguments: [
                ArgumentDeclaration("t", .text, help: ""), ArgumentDeclaration("w", .oneOrMore(of: .word), help: ""),
                ArgumentDeclaration("u", .unit, help: ""), ArgumentDeclaration("p", .path, help: ""),
                ArgumentDeclaration("l", .url, help: ""), ArgumentDeclaration("e", .expression, help: ""),
                ArgumentDeclaration("r", .pattern, help: ""), ArgumentDeclaration("m", .matchers, help: ""),
                ArgumentDeclaration("s", .size, help: ""), ArgumentDeclaration("i", .integer(0...9), help: ""),
                ArgumentDeclaration("d", .duration, help: ""), ArgumentDeclaration("h", .map(of: .line), help: ""),
            ],
            isRepeatable: { _ in true },
            sentence: { _ in "" }
        )
    ])

    /// What an action may rely on.
    private static func inspect(_ arguments: ActionArguments) {
        if let text = arguments.text("t") { hold(!text.utf8.contains(0), "a NUL in a text") }
        if let unit = arguments.text("u") { hold(!unit.utf8.contains { $0 <= 0x20 || $0 == 0x2F }, "the unit \(unit)") }
        if let path = arguments.text("p") {
            let isInside =
                path.utf8.first == 0x2F && !path.utf8.split(separator: 0x2F).contains { $0.elementsEqual("..".utf8) }
            hold(isInside && !path.utf8.contains { $0 < 0x20 }, "the path \(path)")
        }
        if let address = arguments.text("l") {
            hold(!address.utf8.contains { $0 <= 0x20 && $0 != 0x20 }, "the URL \(address)")
        }
        for member in arguments.record("h")?.members ?? [] {
            guard case .text(let line) = member.value else { continue }
            hold(!line.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 }, "the header \(line)")
        }
    }
}
