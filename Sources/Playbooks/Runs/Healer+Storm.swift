import JSON
import Metrics

// When too many fall ill at once.
extension Healer {
    /// Somebody fell ill. Whoever is only tried again is not ill anew.
    mutating func countAttempt(_ subject: Labels, _ alert: FiringAlert) {
        guard alerts[alert.labels]?.isCounted != true else { return }
        alerts[alert.labels]?.isCounted = true
        commit(.attempt(AttemptMark(subject: memory.identities.patient(subject), job: alert.labels["job"], at: now)))
        brake(job: nil, jobSize: nil)
    }

    /// Begins a storm where it is one.
    mutating func brake(job: String?, jobSize: Int?) {
        guard memory.storm == nil else { return }
        let reason = Storm.reason(memory.attempts, settings.storm, job: job, jobSize: jobSize, at: now)
        guard let reason else { return }
        commit(.storm(Storm(since: now, reason: reason)), .synced)
        let subjects = memory.attempts.map(\.subject)
        let shared = sharedLabels(subjects)
        var summary = "a storm: \(reason); no new runs until it has been calm for \(settings.storm.within.promQLText)"
        if !shared.isEmpty { summary += "; they share \(shared.description)" }
        if let problem = observerProblems.first { summary += "; the observer itself may be ill: \(problem)" }
        notice(
            .storm,
            playbook: nil,
            subject: shared,
            alerts: alerts.values.filter(\.isCounted).map(\.alert.labels).sorted(),
            summary,
            facts: [
                ("subjects", .array(subjects.prefix(20).map { .string($0.description) })),
                ("shared", .string(shared.description)), ("observer", .array(observerProblems.map(JSONValue.string))),
            ]
        )
    }

    /// What all of them have in common.
    private func sharedLabels(_ subjects: [Labels]) -> Labels {
        guard let first = subjects.first else { return .empty }
        return Labels(
            first.filter { label in
                subjects.allSatisfy { $0[label.name]?.utf8.elementsEqual(label.value.utf8) ?? false }
            }
        )
    }

    mutating func calmDown() {
        guard memory.storm != nil, Storm.calm(memory.attempts, settings.storm, at: now) <= .zero else { return }
        commit(.storm(nil))
        notice(.stormOver, playbook: nil, subject: .empty, alerts: [], "the storm is over: runs may begin again")
        // One after another: whoever is still ill counts again, so that many at once are a storm again.
        for labels in alerts.keys.sorted() {
            alerts[labels]?.isCounted = false
            retry(labels, after: .zero)
        }
    }
}
