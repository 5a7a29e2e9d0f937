import JSON
import Metrics

/// When too many fall ill at once, they are not ill each by itself: no new runs until it is calm.
enum StormGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        if let verdict = context.override(.storm) { return verdict }
        let terms = context.settings.storm
        let count = context.memory.attempts.count { $0.at.age(at: context.now) < terms.within }
        let facts: [(String, JSONValue)] = [
            ("subjects", .integer(Int64(count))), ("max_subjects", .integer(Int64(terms.subjects))),
            ("within_ms", terms.within.fact),
        ]
        guard let storm = context.memory.storm else {
            let subjects =
                count == 1
                ? "one subject within \(terms.within.text) is" : "\(count) subjects within \(terms.within.text) are"
            return .allowed(.storm, "\(subjects) no storm", facts: facts)
        }
        return .refused(
            .storm,
            "a storm since \(storm.since.age(at: context.now).text): \(storm.reason)",
            facts: facts,
            retryAfter: Storm.calm(context.memory.attempts, terms, at: context.now)
        )
    }
}

extension Storm {
    /// How long until it has been calm for long enough, if nobody else falls ill.
    static func calm(_ attempts: [AttemptMark], _ terms: HealingSettings.StormTerms, at now: Moment) -> Milliseconds {
        let newest = attempts.map { $0.at.age(at: now) }.min() ?? terms.within
        return Swift.max(.zero, terms.within - newest)
    }

    /// Why this is a storm; nil when it is none.
    static func reason(
        _ attempts: [AttemptMark],
        _ terms: HealingSettings.StormTerms,
        job: String?,
        jobSize: Int?,
        at now: Moment
    ) -> String? {
        let recent = attempts.filter { $0.at.age(at: now) < terms.within }
        if recent.count > terms.subjects {
            return "\(recent.count) subjects fell ill within \(terms.within.text), and \(terms.subjects) are bearable"
        }
        guard let job, let jobSize, jobSize > 0 else { return nil }
        let ill = recent.count { $0.job == job }
        guard ill >= 3, ill * 100 > jobSize * terms.share else { return nil }
        return "\(ill) of \(jobSize) subjects of job \(job) fell ill within \(terms.within.text)"
    }
}
