import JSON
import Metrics

/// After too many runs in a row that did not heal, nobody goes through for a while; then one does, on trial.
enum BreakerGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        if let verdict = context.override(.breaker) { return verdict }
        let course = context.course
        let facts: [(String, JSONValue)] = [
            ("failures", .integer(Int64(course.failures))), ("openings", .integer(Int64(course.openings))),
            ("threshold", .integer(Int64(context.terms.breaker.unhealed))),
        ]
        switch course.breaker {
        case .closed:
            let past =
                course.failures == 0
                ? "" : " after \(course.failures) \(course.failures == 1 ? "failure" : "failures in a row")"
            return .allowed(.breaker, "the breaker is closed\(past)", facts: facts)
        case .open(let since, let span):
            let age = since.age(at: context.now)
            guard age < span else {
                return .allowed(.breaker, "the breaker lets one run through on trial", facts: facts)
            }
            return .refused(
                .breaker,
                "the breaker opened \(age.text) ago after \(course.failures) failures in a row, for \(span.text)",
                facts: facts + [("open_ms", span.fact), ("since_ms", age.fact)],
                retryAfter: span - age
            )
        case .halfOpen(let run):
            guard run != context.run.id else { return .allowed(.breaker, "this run is the trial", facts: facts) }
            let proven = course.watchedSince.map { course.terms.minHealthy - $0.age(at: context.now) }
            return .refused(
                .breaker,
                "run \(run) is on trial, and its heal has not proven itself",
                facts: facts + [("trial", .string(run))],
                retryAfter: proven
            )
        case .openByHand(let by, let reason, _):
            return .refused(
                .breaker,
                "\(by) opened the breaker: \(reason.isEmpty ? "no reason given" : reason)",
                facts: facts + [("by", .string(by)), ("reason", .string(reason))]
            )
        }
    }
}
