import Metrics
import Playbooks

/// `alert.silence`: keeps alerts quiet for a while.
struct AlertSilence: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "alert.silence",
            summary: "Silences alerts for a while",
            arguments: [
                ArgumentDeclaration("matchers", .matchers, isRequired: true, help: "which alerts"),
                ArgumentDeclaration("for", .duration, isRequired: true, help: "how long"),
                ArgumentDeclaration("comment", .text, help: "why; default: the run"),
            ],
            isRepeatable: { _ in true },
            undo: "the silence ends",
            isTreatment: false,
            permissions: { _ in [.action("alert.silence")] },
            complaints: { arguments in
                if let matchers = arguments.list("matchers"), matchers.isEmpty {
                    return [ArgumentComplaint(["matchers"], "no matchers would silence everything")]
                }
                return arguments.duration("for").map { $0 <= .zero } == true
                    ? [ArgumentComplaint(["for"], "a silence lasts longer than nothing")] : []
            },
            sentence: { arguments in
                let matchers = arguments.texts("matchers") ?? arguments.text("matchers").map { [$0] } ?? []
                return "silence \(Wording.list(matchers)) for \(arguments.span("for"))"
            }
        )
    }
}
