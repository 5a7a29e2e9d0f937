public import Metrics

/// One alert of one rule: a set of labels for which the rule's expression is, or was, true.
public struct Alert: Sendable, Hashable {
    /// Where an alert stands in its life. Each state carries the moments it needs, so that no date means "not yet".
    public enum State: Sendable, Hashable {
        /// True, but not for long enough. `missed` counts the evaluations in a row that found nothing and were forgiven.
        case pending(since: Timestamp, missed: Int)
        /// Told to the world. `keptSince` is set while the expression is no longer true and the alert is kept all the same.
        case firing(activeSince: Timestamp, since: Timestamp, keptSince: Timestamp?)
        /// Over. Remembered for a while, so that the news of it is not lost.
        case resolved(activeSince: Timestamp, firedAt: Timestamp, at: Timestamp)
    }

    /// The alert's identity: the labels of the sample without its name, those of the rule, and `alertname`.
    public let labels: Labels
    /// The labels of the sample that the expression returned, by which `clear_when` finds its alert.
    public let source: Labels
    /// Refreshed by each evaluation that finds the alert true.
    public internal(set) var annotations: [Label]
    /// The expression's value when it was last true.
    public internal(set) var value: Double
    public internal(set) var state: State
    /// Set by an operator; ends with the alert.
    public internal(set) var acknowledgement: Acknowledgement?
    /// How often the alert has changed its mind of late.
    public internal(set) var flapping: FlapHistory

    public init(
        labels: Labels,
        source: Labels,
        annotations: [Label],
        value: Double,
        state: State,
        acknowledgement: Acknowledgement? = nil,
        flapping: FlapHistory = FlapHistory()
    ) {
        self.labels = labels
        self.source = source
        self.annotations = annotations
        self.value = value
        self.state = state
        self.acknowledgement = acknowledgement
        self.flapping = flapping
    }
}

/// An operator's word that somebody is looking after an alert.
public struct Acknowledgement: Sendable, Hashable {
    public let by: String
    public let at: Timestamp
    public let comment: String

    public init(by: String, at: Timestamp, comment: String) {
        self.by = by
        self.at = at
        self.comment = comment
    }
}

extension Alert {
    /// The kind of state, as Prometheus's API and the `alertstate` label name it.
    public enum Phase: String, Sendable, Hashable {
        case inactive
        case pending
        case firing
    }

    public var phase: Phase {
        switch state {
        case .pending: .pending
        case .firing: .firing
        case .resolved: .inactive
        }
    }

    /// Whether the expression was true of it when it was last evaluated: an alert may be kept for a while though it is not.
    public var wasTrue: Bool {
        switch state {
        case .pending(_, let missed): missed == 0
        case .firing(_, _, let keptSince): keptSince == nil
        case .resolved: false
        }
    }

    /// Since when the expression has been true without a break that counts.
    public var activeSince: Timestamp {
        switch state {
        case .pending(let since, _): since
        case .firing(let activeSince, _, _): activeSince
        case .resolved(let activeSince, _, _): activeSince
        }
    }

    /// The beginning that notifications carry: the moment the alert began to fire.
    public var startsAt: Timestamp? {
        switch state {
        case .pending: nil
        case .firing(_, let since, _): since
        case .resolved(_, let firedAt, _): firedAt
        }
    }

    /// The end that notifications carry: the moment it resolved, or while it fires the moment by which, unless repeated, it is
    /// to be taken as over: four times the longer of the group's interval and the delay between repetitions.
    public func endsAt(evaluatedAt now: Timestamp, interval: Milliseconds, resendDelay: Milliseconds) -> Timestamp? {
        switch state {
        case .pending: nil
        case .firing: now + Milliseconds(4 * Swift.max(interval.rawValue, resendDelay.rawValue))
        case .resolved(_, _, let at): at
        }
    }
}
