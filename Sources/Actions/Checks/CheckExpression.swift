import Playbooks

/// `check.expr`: fails the step when an expression returns nothing.
struct CheckExpression: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "check.expr",
            summary: "Fails unless an expression returns something",
            arguments: [ArgumentDeclaration("expr", .expression, isRequired: true, help: "in PromQL")],
            isRepeatable: { _ in true },
            isTreatment: false,
            sentence: { "check that \($0.words("expr"))" }
        )
    }
}
