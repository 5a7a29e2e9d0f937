import Playbooks

/// `playbook.run`: another playbook's steps in the place of this one.
struct PlaybookRun: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "playbook.run",
            summary: "Runs the steps of another playbook here",
            arguments: [
                ArgumentDeclaration("name", .text, isRequired: true, help: "the playbook, written out"),
                ArgumentDeclaration("vars", .map(of: .text), help: "its variables"),
            ],
            isRepeatable: { _ in true },
            isTreatment: false,
            sentence: { "run the steps of the playbook \($0.words("name"))" }
        )
    }
}
