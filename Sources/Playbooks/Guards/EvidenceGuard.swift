import JSON
import Metrics

/// The newest sample behind the alert is at most two intervals old, and the alert is true at this moment. Missing data is no reason to
/// act unless the rule is about absence.
enum EvidenceGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        if let verdict = context.override(.evidence) { return verdict }
        guard case .rule = context.run.alert.origin else {
            return .allowed(.evidence, "the alert came from outside, which is its own evidence")
        }
        guard let evidence = context.survey.evidence else {
            return .refused(.evidence, "nothing is known of the samples behind the alert", retryAfter: .seconds(15))
        }
        let facts: [(String, JSONValue)] = [
            ("age_ms", evidence.newestSampleAge.map(\.fact) ?? .null), ("interval_ms", evidence.interval.fact),
            ("about_absence", .boolean(evidence.isAboutAbsence)),
            ("is_true", evidence.isTrue.map(JSONValue.boolean) ?? .null),
        ]
        let retry = Swift.max(.seconds(5), evidence.interval)
        if evidence.isTrue == false {
            return .refused(.evidence, "the alert's expression is not true just now", facts: facts, retryAfter: retry)
        }
        if evidence.isAboutAbsence { return .allowed(.evidence, "the rule is about missing data", facts: facts) }
        guard let age = evidence.newestSampleAge else {
            return .refused(.evidence, "there are no samples behind the alert", facts: facts, retryAfter: retry)
        }
        let bound = evidence.interval + evidence.interval
        guard age <= bound else {
            return .refused(
                .evidence,
                "the newest sample is \(age.text) old, and may be \(bound.text)",
                facts: facts,
                retryAfter: retry
            )
        }
        return .allowed(.evidence, "the newest sample is \(age.text) old", facts: facts)
    }
}
