import Diagnostics
import Metrics
import Playbooks
import YAML

/// The playbooks that a test file names, in the order in which they are tried.
struct PlaybooksUnderTest {
    private(set) var unmatched: [String] = []
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var isSound = true
    private(set) var library = PlaybookLibrary([])
    private let catalogue: ActionCatalogue

    /// Reads the files that fit the patterns, each once. Patterns that are none go into `problems`.
    init(
        _ patterns: [Placed<String>],
        from folder: String,
        _ library: any RuleTestLibrary,
        _ options: RuleTestRunner.Options,
        _ problems: Problems
    ) {
        catalogue = options.catalogue
        var finder = RulesUnderTest()
        finder.find(patterns, from: folder, library, problems)
        unmatched = finder.unmatched
        let files = finder.paths.compactMap { read($0, library, options) }
        self.library = PlaybookLibrary(files)
        if isSound { note(self.library.problems) }
    }

    private mutating func read(
        _ path: String,
        _ library: any RuleTestLibrary,
        _ options: RuleTestRunner.Options
    ) -> PlaybookFile? {
        do {
            let source = SourceText(name: path, text: try library.read(path))
            let problems = Problems(in: source, toleratesUnknownKeys: options.ignoresUnknownFields)
            let file = PlaybookFile(
                source,
                problems: problems,
                surroundings: PlaybookSurroundings(catalogue: catalogue)
            )
            note(problems.diagnostics)
            if file == nil { isSound = false }
            return file
        } catch {
            isSound = false
            let nowhere = SourceText(name: path, text: "")
            let message = "the playbook file cannot be used: \(error)"
            diagnostics.append(
                Diagnostic(.error, code: "rule-test/unreadable", message: message, range: 0..<0, source: nowhere)
            )
            return nil
        }
    }

    private mutating func note(_ problems: [Diagnostic]) {
        diagnostics += problems
        if problems.contains(where: { $0.severity == .error }) { isSound = false }
    }

    func prepared(for test: RuleTest) -> [PreparedPlaybook] {
        PlaybookRenderer(library: library, catalogue: catalogue)
            .prepared(externalLabels: test.externalLabels, externalURL: test.externalURL)
    }

    /// Names in a test that nothing has: such a test could never pass, or never fail.
    func unknownNames(in stage: PlaybookStage, of source: SourceText) -> [Diagnostic] {
        let playbooks = library.playbooks.map(\.name.value)
        let actions = catalogue.declarations.map(\.name)
        var found: [Diagnostic] = []
        func look(_ name: Placed<String>, for what: String, among known: [String], _ code: String) {
            guard !known.contains(where: { $0.utf8.elementsEqual(name.value.utf8) }) else { return }
            let near = nearest(name.value, in: known)
            found.append(
                Diagnostic(
                    .error,
                    code: code,
                    message: "there is no \(what) '\(name.value)'",
                    range: name.range,
                    help: near.map { "did you mean '\($0)'?" },
                    source: source
                )
            )
        }
        for name in stage.expectations.map(\.playbook) + stage.words.compactMap(\.playbook) {
            look(name, for: "playbook", among: playbooks, "rule-test/unknown-playbook")
        }
        for name in stage.deeds.map(\.action) + stage.expectations.flatMap({ $0.steps ?? [] }) {
            look(name, for: "action", among: actions, "playbook/unknown-action")
        }
        return found
    }
}
