import Playbooks

/// `notify`: tells somebody something.
struct Notify: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "notify",
            summary: "Sends a message to a receiver",
            arguments: [
                ArgumentDeclaration("receiver", .text, isRequired: true, help: "one of the configuration's receivers"),
                ArgumentDeclaration("message", .text, isRequired: true, help: "what is said"),
            ],
            isRepeatable: { _ in false },
            isTreatment: false,
            sentence: { "tell \($0.words("receiver")): \($0.words("message"))" }
        )
    }
}
