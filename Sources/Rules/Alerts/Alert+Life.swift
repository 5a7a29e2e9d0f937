import Metrics

// The state machine of one alert: an event is a method, the answer is what changed.
extension Alert {
    /// The expression returned a sample for this alert.
    mutating func evaluateTrue(value: Double, annotations: [Label], terms: AlertTerms, now: Timestamp) -> [Change] {
        self.value = value
        self.annotations = annotations
        switch state {
        case .pending(let since, _):
            state = .pending(since: since, missed: 0)
            return fireIfDue(terms: terms, now: now)
        case .firing(let activeSince, let since, let keptSince):
            state = .firing(activeSince: activeSince, since: since, keptSince: nil)
            return keptSince == nil ? [] : [.resumed]
        case .resolved:
            state = .pending(since: now, missed: 0)
            return [.becamePending] + fireIfDue(terms: terms, now: now)
        }
    }

    /// The expression returned nothing for this alert; `isCleared` is what `clear_when` said, or true where there is none.
    mutating func evaluateFalse(isCleared: Bool, terms: AlertTerms, now: Timestamp) -> [Change] {
        switch state {
        case .pending(let since, let missed):
            guard missed >= terms.toleratedMisses else {
                state = .pending(since: since, missed: missed + 1)
                return []
            }
            return [.subsided]
        case .firing(let activeSince, let since, let keptSince):
            let quietSince = keptSince ?? now
            if isKept(since: quietSince, isCleared: isCleared, terms: terms, now: now) {
                state = .firing(activeSince: activeSince, since: since, keptSince: quietSince)
                return keptSince == nil ? [.kept] : []
            }
            state = .resolved(activeSince: activeSince, firedAt: since, at: now)
            acknowledgement = nil
            return [.resolved]
        case .resolved:
            return []
        }
    }

    typealias Change = AlertTransition.Change

    /// A pending alert fires in the very evaluation in which its time is up, which with `for: 0` is its first.
    private mutating func fireIfDue(terms: AlertTerms, now: Timestamp) -> [Change] {
        guard case .pending(let since, _) = state, now - since >= terms.hold else { return [] }
        state = .firing(activeSince: since, since: now, keptSince: nil)
        return [.fired]
    }

    private func isKept(since quietSince: Timestamp, isCleared: Bool, terms: AlertTerms, now: Timestamp) -> Bool {
        let quiet = now - quietSince
        if quiet < terms.keepFiring { return true }
        return !isCleared && quiet < AlertTerms.silenceUntilCleared
    }

    /// A new alert, true for the first time.
    static func starting(
        labels: Labels,
        source: Labels,
        annotations: [Label],
        value: Double,
        terms: AlertTerms,
        now: Timestamp
    ) -> (alert: Alert, changes: [Change]) {
        var alert = Alert(
            labels: labels,
            source: source,
            annotations: annotations,
            value: value,
            state: .pending(since: now, missed: 0)
        )
        let fired = alert.fireIfDue(terms: terms, now: now)
        return (alert, [.becamePending] + fired)
    }
}
