import JSON

/// medic itself, init, the bus, the way in: not touched unless the playbook says that it knows what it does.
enum ProtectedGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        // An alias is no way around it.
        let names = context.memory.identities
        // By what systemd said just now, too: what is remembered may have been forgotten.
        let told = context.survey.units.filter { $0.identity.map(context.settings.isProtected) ?? false }.map(\.name)
        let protected = context.plan.units.filter {
            context.settings.isProtected($0) || context.settings.isProtected(names.name(of: $0)) || told.contains($0)
        }
        let facts: [(String, JSONValue)] = [
            ("units", .array(context.plan.units.map(JSONValue.string))),
            ("protected", .array(protected.map(JSONValue.string))),
        ]
        guard let words = protected.first.map({ "\($0) is protected" }) ?? carried(context) else {
            return .allowed(.protected, "no protected unit is touched", facts: facts)
        }
        guard context.terms.touchesProtected else {
            return .refused(
                .protected,
                "\(words); a playbook that must touch it says i_know_what_i_do: true",
                facts: facts
            )
        }
        return .allowed(.protected, "\(words), and the playbook knows what it does", facts: facts)
    }

    /// systemd stops what needs a unit along with it: who stops `sysinit.target` stops nearly everything.
    private static let stopping = ["stop", "restart", "try_restart", "reload_or_restart"].map { "systemd.\($0)" }

    private static func carried(_ context: GuardContext) -> String? {
        let stopped = context.plan.steps.filter { stopping.contains($0.action) }.compactMap {
            $0.arguments.text("unit")
        }
        for unit in context.survey.units where stopped.contains(unit.name) {
            if let dependent = unit.dependents.first(where: context.settings.isProtected) {
                return
                    "systemd would stop \(dependent) along with \(unit.name), which it needs, and \(dependent) is protected"
            }
        }
        return nil
    }
}
