import Metrics

/// Alerts of one route that agree in the labels it groups by, and when they are next told.
struct AggregationGroup: Sendable {
    struct ID: Hashable, Sendable {
        let route: Int
        let labels: Labels
    }

    struct Member: Sendable {
        var alert: ReceivedAlert
        /// What a run had to say of it last.
        var healing: HealingWord?
        /// The last entry in the paper trail, which is written when it changes.
        var verdict: TrailEntry.Verdict?
    }

    /// What the last turn sent, of which the end is not known yet.
    struct Flight: Sendable {
        /// The ends that were told: forgotten when all integrations know.
        var resolved: [(fingerprint: Fingerprint, updatedAt: Timestamp)]
        var waiting: Set<String>
        var hasFailed = false
    }

    let id: ID
    let key: String
    var members: [Fingerprint: Member] = [:]
    var nextFlush: Timestamp
    var hasFlushed = false
    var flight: Flight?

    /// Takes in an alert. One that has waited long enough elsewhere makes a young group speak at once.
    mutating func insert(_ alert: ReceivedAlert, groupWait: Milliseconds, at now: Timestamp) {
        if let old = members[alert.fingerprint]?.alert, old.isResolved(at: now), !alert.isResolved(at: now) {
            // It begins anew: what was said of the last time is no longer true.
            members[alert.fingerprint] = nil
        }
        members[alert.fingerprint, default: Member(alert: alert)].alert = alert
        if !hasFlushed && alert.startsAt + groupWait < now { nextFlush = now }
    }

    func shifted(by span: Milliseconds) -> AggregationGroup {
        var group = self
        group.nextFlush = nextFlush + span
        return group
    }

    /// All integrations know what the last turn had to say: what is over is forgotten, unless somebody spoke of it since.
    mutating func settle() {
        guard let flight, flight.waiting.isEmpty else { return }
        self.flight = nil
        guard !flight.hasFailed else { return }
        for told in flight.resolved where members[told.fingerprint]?.alert.updatedAt == told.updatedAt {
            members[told.fingerprint] = nil
        }
    }
}
