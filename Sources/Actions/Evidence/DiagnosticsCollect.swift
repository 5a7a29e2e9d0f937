import Metrics
import Playbooks

/// `diagnostics.collect`: what a person would look at, before a treatment destroys it.
struct DiagnosticsCollect: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "diagnostics.collect",
            summary: "Keeps evidence: unit states, journal, processes, memory, disks, sockets, and the alert's series",
            arguments: [
                ArgumentDeclaration("units", .oneOrMore(of: .unit), help: "whose state and journal are kept"),
                ArgumentDeclaration(
                    "journal",
                    .integer(0...10_000),
                    standard: .integer(200),
                    help: "so many of the last lines of each unit"
                ),
                ArgumentDeclaration(
                    "commands",
                    .list(of: .list(of: .word)),
                    help: "programs whose output is kept: [[/usr/bin/api, --status]]"
                ),
                ArgumentDeclaration("series", .oneOrMore(of: .expression), help: "further expressions to draw"),
                ArgumentDeclaration("since", .duration, standard: .duration(.hours(1)), help: "how far back series go"),
            ],
            isRepeatable: { _ in true },
            isTreatment: false,
            permissions: { arguments in
                [.action("diagnostics.collect")] + Self.commands(arguments).compactMap { $0.first.map { .program($0) } }
            },
            complaints: { arguments in
                Self.commands(arguments).enumerated().compactMap { index, command in
                    guard command.first.map(Complaints.isAbsolute) != true else { return nil }
                    return ArgumentComplaint(
                        ["commands", "\(index)"],
                        "a command begins with the absolute path of a program"
                    )
                }
            },
            sentence: { arguments in
                let units = arguments.texts("units") ?? []
                return units.isEmpty
                    ? "keep evidence of the host" : "keep evidence of the host and of \(Wording.list(units))"
            }
        )
    }

    static func commands(_ arguments: ActionArguments) -> [[String]] {
        (arguments.list("commands") ?? []).compactMap { value in
            guard case .list(let words) = value else { return nil }
            return words.compactMap { if case .text(let text) = $0 { text } else { nil } }
        }
    }
}
