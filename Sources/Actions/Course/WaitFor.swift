import Metrics
import Playbooks

/// `wait.for`: goes on when an expression has been true for a while.
struct WaitFor: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "wait.for",
            summary: "Waits until an expression returns something, and keeps doing so for a while",
            arguments: [
                ArgumentDeclaration("expr", .expression, isRequired: true, help: "in PromQL"),
                ArgumentDeclaration("hold", .duration, standard: .duration(.zero), help: "it must hold this long"),
                ArgumentDeclaration("within", .duration, standard: .duration(.minutes(1)), help: "or the step fails"),
            ],
            isRepeatable: { _ in true },
            isTreatment: false,
            lasts: { $0.duration("within") ?? .zero },
            complaints: { arguments in
                guard let hold = arguments.duration("hold"), let within = arguments.duration("within"), hold > within
                else { return [] }
                return [ArgumentComplaint(["hold"], "'hold' is longer than 'within', so it could never be met")]
            },
            sentence: { arguments in
                let hold = arguments.duration("hold").flatMap { $0 > .zero ? " holds for \($0.promQLText)" : nil }
                return "wait until \(arguments.words("expr"))\(hold ?? ""), at most \(arguments.span("within"))"
            }
        )
    }
}
