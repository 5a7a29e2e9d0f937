import Playbooks

/// `systemd.set_property`: limits of a running unit, such as MemoryHigh and CPUQuota.
struct UnitSetProperty: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "systemd.set_property",
            summary: "Changes resource limits of a unit while it runs",
            arguments: [
                .unit,
                ArgumentDeclaration(
                    "properties",
                    .map(of: .scalar),
                    isRequired: true,
                    help: "as in unit files: {MemoryHigh: 500M, CPUQuota: 50%}"
                ),
                ArgumentDeclaration(
                    "runtime",
                    .flag,
                    standard: .flag(true),
                    help: "gone with the next boot; false writes a drop-in that stays"
                ),
            ],
            isRepeatable: { _ in true },
            undo: "the former values",
            permissions: { [.action("systemd.set_property")] + Permission.unit($0.text("unit")) },
            locks: { $0.text("unit").map { ["unit/\($0)"] } ?? [] },
            treatedUnits: { $0.text("unit").map { [$0] } ?? [] },
            complaints: Self.complaints,
            sentence: { arguments in
                let changes = arguments.pairs("properties").map { "\($0.name) to \($0.value)" }
                let stays = arguments.flag("runtime") == false ? "" : " until the next boot"
                return "set \(Wording.list(changes)) of \(arguments.words("unit"))\(stays)"
            }
        )
    }

    @Sendable private static func complaints(_ arguments: ActionArguments) -> [ArgumentComplaint] {
        guard let properties = arguments.record("properties") else { return [] }
        return properties.members.compactMap { member in
            do throws(UnitLimitError) {
                _ = try UnitLimit(member.name, written: member.value.written)
                return nil
            } catch {
                return ArgumentComplaint(["properties", member.name], error.message, help: error.help)
            }
        }
    }
}
