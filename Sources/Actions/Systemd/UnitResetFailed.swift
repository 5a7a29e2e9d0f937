import Playbooks

/// `systemd.reset_failed`: systemd forgets that the unit failed, and how often it was started.
struct UnitResetFailed: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "systemd.reset_failed",
            summary: "Clears the failed state of a unit and its start limit",
            arguments: [.unit],
            isRepeatable: { _ in true },
            permissions: { [.action("systemd.reset_failed")] + Permission.unit($0.text("unit")) },
            locks: { $0.text("unit").map { ["unit/\($0)"] } ?? [] },
            treatedUnits: { $0.text("unit").map { [$0] } ?? [] },
            sentence: { "clear the failed state of \($0.words("unit")) and its start limit" }
        )
    }
}
