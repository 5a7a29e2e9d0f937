import JSON
import Metrics

/// Runs that began within sliding windows: per subject, per playbook, per host. An operator's runs count, and are not held up.
enum LimitGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        if let verdict = context.override(.limit) { return verdict }
        let run = context.run
        let names = context.memory.identities
        let patient = names.patient(run.subject)
        let windows: [(String, Guards.Limit, (StartMark) -> Bool)] = [
            (
                "subject", context.terms.subjectLimit,
                { $0.playbook == run.playbook && names.patient($0.subject) == patient }
            ),
            ("playbook", context.terms.playbookLimit, { $0.playbook == run.playbook }),
            ("host", context.settings.hostLimit, { _ in true }),
        ]
        var facts: [(String, JSONValue)] = []
        for (scope, limit, counts) in windows {
            let ages = context.memory.starts.filter(counts).map { $0.at.age(at: context.now) }
                .filter { $0 < limit.within }.sorted(by: >)
            let numbers: [(String, JSONValue)] = [
                ("\(scope)_runs", .integer(Int64(ages.count))), ("\(scope)_limit", .integer(Int64(limit.runs))),
                ("\(scope)_within_ms", limit.within.fact),
            ]
            facts += numbers
            guard ages.count >= limit.runs else { continue }
            // When so many of the oldest have left the window that there is room for one.
            let leaving = ages.count - Swift.max(limit.runs, 1)
            return .refused(
                .limit,
                "\(ages.count) runs of this \(scope) within \(limit.within.text), and \(limit.runs) are allowed",
                facts: numbers + [("scope", .string(scope))],
                retryAfter: limit.runs > 0 && leaving < ages.count ? limit.within - ages[leaving] : nil
            )
        }
        return .allowed(.limit, "there is room within all limits", facts: facts)
    }
}
