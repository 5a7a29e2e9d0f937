import Metrics
import Playbooks

/// `approve`: stops until an operator says yes.
struct Approve: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "approve",
            summary: "Stops until an operator says yes",
            arguments: [
                ArgumentDeclaration("ask", .text, isRequired: true, help: "the question"),
                ArgumentDeclaration("within", .duration, standard: .duration(.minutes(30)), help: "or it counts as no"),
            ],
            isRepeatable: { _ in true },
            isTreatment: false,
            lasts: { $0.duration("within") ?? .zero },
            sentence: { "ask an operator '\($0.words("ask"))' and wait at most \($0.span("within")) for a yes" }
        )
    }
}
