import Metrics
import Playbooks

/// `alert.silence`: keeps alerts quiet for a while.
struct AlertSilence: Deed {
    /// Nobody looks at what a program has silenced for months.
    private static let longest = Milliseconds.days(30)

    /// The matchers, a list of them or a single one.
    private static func texts(_ arguments: ActionArguments) -> [String] {
        arguments.texts("matchers") ?? arguments.text("matchers").map { [$0] } ?? []
    }

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
                let matchers = Self.texts(arguments).compactMap { try? LabelMatcher.list($0) }.flatMap { $0 }
                if !matchers.isEmpty, matchers.allSatisfy(\.isWide) {
                    return [
                        ArgumentComplaint(
                            ["matchers"],
                            "these matchers would silence nearly every alert",
                            help: "name the alert: alertname=\"...\""
                        )
                    ]
                }
                guard let span = arguments.duration("for") else { return [] }
                if span > Self.longest {
                    return [
                        ArgumentComplaint(
                            ["for"],
                            "a silence of a playbook lasts at most \(Self.longest.promQLText)",
                            help: "longer ones are for people: medic silence add"
                        )
                    ]
                }
                return span <= .zero ? [ArgumentComplaint(["for"], "a silence lasts longer than nothing")] : []
            },
            sentence: { arguments in
                let matchers = Self.texts(arguments)
                return "silence \(Wording.list(matchers)) for \(arguments.span("for"))"
            }
        )
    }
}
