import Metrics
import Playbooks

/// `wait.sleep`: lets time pass.
struct WaitSleep: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "wait.sleep",
            summary: "Lets time pass",
            arguments: [ArgumentDeclaration("duration", .duration, isRequired: true, help: "how long")],
            isRepeatable: { _ in true },
            isTreatment: false,
            lasts: { $0.duration("duration") ?? .zero },
            sentence: { "wait \($0.span("duration"))" }
        )
    }
}
