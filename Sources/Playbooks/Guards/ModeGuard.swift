import JSON

/// The lowest of the playbook's mode, the host's ceiling and what its breaker leaves. `observe` and `approve` pass here: they decide what passing leads to.
enum ModeGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        let facts: [(String, JSONValue)] = [
            ("playbook", .string(context.plan.mode.rawValue)), ("ceiling", .string(context.settings.ceiling.rawValue)),
            ("breaker", .string(context.course.breaker == .closed ? "closed" : "not closed")),
        ]
        guard context.mode != .off else {
            let who = context.plan.mode == .off ? "the playbook's mode" : "actions.mode"
            return .refused(.mode, "\(who) is off", facts: facts)
        }
        return .allowed(.mode, "the mode is \(context.mode.rawValue)", facts: facts)
    }
}
