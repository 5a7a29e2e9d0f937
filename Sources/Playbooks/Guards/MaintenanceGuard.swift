import JSON
import Metrics

/// Inside one of the time intervals that the playbook wants, where it names any, and in none that it excepts.
enum MaintenanceGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        if let verdict = context.override(.maintenance) { return verdict }
        let active = context.survey.activeIntervals
        let facts: [(String, JSONValue)] = [("active", .array(active.map(JSONValue.string)))]
        if let excepted = context.terms.except.first(where: active.contains) {
            return .refused(
                .maintenance,
                "the time interval \(excepted) is excepted",
                facts: facts,
                retryAfter: .minutes(1)
            )
        }
        guard context.terms.only.isEmpty || context.terms.only.contains(where: active.contains) else {
            let names = context.terms.only.joined(separator: ", ")
            return .refused(.maintenance, "it is not the time of \(names)", facts: facts, retryAfter: .minutes(1))
        }
        return .allowed(.maintenance, "no time interval forbids it", facts: facts)
    }
}
