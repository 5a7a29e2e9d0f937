import Playbooks

/// `check.unit`: fails the step when a unit is in another state than it should be.
struct CheckUnit: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "check.unit",
            summary: "Fails unless a unit is in the expected state",
            arguments: [
                .unit,
                ArgumentDeclaration(
                    "state",
                    .choice(["active", "inactive", "failed", "reloading", "activating", "deactivating"]),
                    standard: .text("active"),
                    help: "the state it must be in"
                ),
                ArgumentDeclaration("sub", .text, help: "the state below that: running, exited, dead"),
            ],
            isRepeatable: { _ in true },
            isTreatment: false,
            sentence: { "check that \($0.words("unit")) is \($0.words("state"))" }
        )
    }
}
