import JSON
import Metrics

/// From the end of a run to the next of the same playbook and subject.
enum CooldownGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        if let verdict = context.override(.cooldown) { return verdict }
        guard let end = context.course.lastEnd else { return .allowed(.cooldown, "there was no run before") }
        let age = end.age(at: context.now)
        let facts: [(String, JSONValue)] = [
            ("since_ms", age.fact), ("cooldown_ms", context.terms.cooldown.fact),
            ("last_run", context.course.lastRun.map(JSONValue.string) ?? .null),
        ]
        guard age < context.terms.cooldown else {
            return .allowed(.cooldown, "the last run ended \(age.text) ago", facts: facts)
        }
        return .refused(
            .cooldown,
            "the last run ended \(age.text) ago, and the cooldown is \(context.terms.cooldown.text)",
            facts: facts,
            retryAfter: context.terms.cooldown - age
        )
    }
}
