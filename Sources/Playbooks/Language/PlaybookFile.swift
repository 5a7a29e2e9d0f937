public import Diagnostics
public import YAML

/// A playbook file as it was written, checked and ready to be used.
public struct PlaybookFile: Sendable {
    public let source: SourceText
    public let playbooks: [Playbook]

    /// Reads a playbook file. Everything that is wrong goes into `problems`, in one pass; nil when the file cannot be used.
    ///
    /// What concerns several files (names used twice, `playbook.run`) is looked at by `PlaybookLibrary`.
    public init?(_ source: SourceText, problems: Problems, surroundings: PlaybookSurroundings) {
        guard let document = YAMLDocument(source, problems: problems) else { return nil }
        guard document.root.sequence == nil else {
            problems.wrongType(
                document.root,
                expected: "a playbook file (a mapping)",
                help: "begin the file with the line 'playbooks:'"
            )
            return nil
        }
        let shape = Shape<[Playbook]>.structure("a playbook file") { fields in
            fields.value("playbooks", .list(of: .playbook(in: source, surroundings)), default: [])
        }
        let playbooks = document.decode(shape, problems: problems)
        guard let playbooks, !problems.hasErrors else { return nil }
        self.source = source
        self.playbooks = playbooks
    }

    /// The names of the playbooks in a file that cannot be used, so that others may run them; nil when not even they can be told.
    public static func names(in source: SourceText) -> [String]? {
        let problems = Problems(in: source)
        guard let document = YAMLDocument(source, problems: problems), !problems.hasErrors,
            let playbooks = document.root.mapping?["playbooks"]?.sequence
        else { return nil }
        let names = playbooks.compactMap { $0.mapping?["name"]?.scalar?.text }
        return names.count == playbooks.count ? names : nil
    }
}
