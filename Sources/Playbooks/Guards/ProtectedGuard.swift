import JSON

/// medic itself, init, the bus, the way in: not touched unless the playbook says that it knows what it does.
enum ProtectedGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        // An alias is no way around it.
        let names = context.memory.identities
        let protected = context.plan.units.filter {
            context.settings.isProtected($0) || context.settings.isProtected(names.name(of: $0))
        }
        let facts: [(String, JSONValue)] = [
            ("units", .array(context.plan.units.map(JSONValue.string))),
            ("protected", .array(protected.map(JSONValue.string))),
        ]
        guard let first = protected.first else {
            return .allowed(.protected, "no protected unit is touched", facts: facts)
        }
        guard context.terms.touchesProtected else {
            return .refused(
                .protected,
                "\(first) is protected; a playbook that must touch it says i_know_what_i_do: true",
                facts: facts
            )
        }
        return .allowed(.protected, "\(first) is protected, and the playbook knows what it does", facts: facts)
    }
}
