import Playbooks

/// `systemd.kill`: a signal to the processes of a unit.
struct UnitKill: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "systemd.kill",
            summary: "Sends a signal to the processes of a unit",
            arguments: [
                .unit,
                ArgumentDeclaration(
                    "signal",
                    .choice(Signal.names),
                    standard: .text("SIGTERM"),
                    help: "which signal"
                ),
                ArgumentDeclaration(
                    "whom",
                    .choice(["all", "main", "control"]),
                    standard: .text("all"),
                    help: "all its processes, its main process, or its control process"
                ),
            ],
            isRepeatable: { _ in true },
            permissions: { [.action("systemd.kill")] + Permission.unit($0.text("unit")) },
            locks: { $0.text("unit").map { ["unit/\($0)"] } ?? [] },
            treatedUnits: { $0.text("unit").map { [$0] } ?? [] },
            sentence: { arguments in
                let whom =
                    switch arguments.text("whom") {
                    case "main": "the main process"
                    case "control": "the control process"
                    default: "all processes"
                    }
                return "send \(arguments.words("signal")) to \(whom) of \(arguments.words("unit"))"
            }
        )
    }
}
