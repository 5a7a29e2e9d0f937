import Playbooks

/// `systemd.freeze` and `systemd.thaw`: stops a unit's processes where they are, and lets them go on.
struct UnitFreeze: Deed {
    let thaws: Bool

    var declaration: ActionDeclaration {
        let verb = thaws ? "thaw" : "freeze"
        return ActionDeclaration(
            name: "systemd.\(verb)",
            summary: thaws
                ? "Lets the frozen processes of a unit go on"
                : "Stops the processes of a unit where they are, unharmed",
            arguments: [.unit],
            isRepeatable: { _ in true },
            undo: thaws ? "freeze" : "thaw",
            permissions: { [.action("systemd.\(verb)")] + Permission.unit($0.text("unit")) },
            locks: { $0.text("unit").map { ["unit/\($0)"] } ?? [] },
            treatedUnits: { $0.text("unit").map { [$0] } ?? [] },
            sentence: { "\(verb) \($0.words("unit"))" }
        )
    }
}
