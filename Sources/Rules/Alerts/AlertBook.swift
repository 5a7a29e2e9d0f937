public import Metrics

/// The alerts of one rule and their lives. Pure: what an evaluation found and the time go in, transitions come out.
public struct AlertBook: Sendable {
    /// One sample of the rule's expression, with the labels and annotations that the rule makes of it.
    public struct Finding: Sendable {
        public let labels: Labels
        public let source: Labels
        public let annotations: [Label]
        public let value: Double

        public init(labels: Labels, source: Labels, annotations: [Label], value: Double) {
            self.labels = labels
            self.source = source
            self.annotations = annotations
            self.value = value
        }
    }

    /// Why an evaluation of a rule counts for nothing. The alerts stay as they were, except where a limit was exceeded.
    public enum Refusal: Error, Hashable, Sendable {
        /// Two samples became the same alert once the rule's labels were applied.
        case duplicate(Labels)
        /// More alerts than the group allows; as in Prometheus the rule forgets its alerts.
        case limitExceeded(limit: Int, count: Int)
    }

    /// How long a resolved alert is remembered, so that the news outlives a receiver's restart.
    public static let resolvedRetention = Milliseconds.minutes(15)

    public let terms: AlertTerms
    private var entries: [Labels: Alert] = [:]
    /// The labels of all entries, sorted. Kept, since alerts are listed at each evaluation and seldom come or go.
    private var order: [Labels] = []

    public init(terms: AlertTerms) {
        self.terms = terms
    }

    /// Every alert that is remembered, resolved ones too, ordered by labels.
    public var alerts: [Alert] { order.compactMap { entries[$0] } }

    public subscript(labels: Labels) -> Alert? { entries[labels] }

    /// The alerts that are pending or firing, ordered by labels.
    public var active: [Alert] { alerts.filter { $0.phase != .inactive } }

    /// Whether an alert fires.
    public var hasFiring: Bool { entries.values.contains { $0.phase == .firing } }

    /// Takes the result of one evaluation.
    ///
    /// - Parameters:
    ///   - findings: what the expression returned.
    ///   - cleared: the label sets that `clear_when` returned; an alert is cleared by a set that agrees with it.
    ///   - limit: the most alerts the rule may have, zero for any number.
    public mutating func evaluate(
        _ findings: [Finding],
        cleared: [Labels] = [],
        limit: Int = 0,
        now: Timestamp
    ) throws(Refusal) -> [AlertTransition] {
        var found: [Labels: Finding] = [:]
        found.reserveCapacity(findings.count)
        for finding in findings where found.updateValue(finding, forKey: finding.labels) != nil {
            throw .duplicate(finding.labels)
        }
        var next = entries
        var transitions: [AlertTransition] = []
        for (labels, alert) in entries where found[labels] == nil {
            next[labels] = settle(alert, cleared: cleared, now: now, into: &transitions)
        }
        for finding in findings {
            next[finding.labels] = meet(finding, known: entries[finding.labels], now: now, into: &transitions)
        }
        let count = next.values.count { $0.phase != .inactive }
        guard limit == 0 || count <= limit else {
            (entries, order) = ([:], [])
            throw .limitExceeded(limit: limit, count: count)
        }
        keep(next)
        // Stable for whoever reads or compares: by alert, and for one alert in the order in which it happened.
        return transitions.enumerated()
            .sorted { ($0.element.alert.labels, $0.offset) < ($1.element.alert.labels, $1.offset) }
            .map(\.element)
    }

    /// Notes that somebody looks after the alert. Ends with the alert. Answers whether there is such an active alert.
    public mutating func acknowledge(_ labels: Labels, _ acknowledgement: Acknowledgement) -> Bool {
        guard let alert = entries[labels], alert.phase != .inactive else { return false }
        entries[labels]?.acknowledgement = acknowledgement
        return true
    }

    private func meet(
        _ finding: Finding,
        known: Alert?,
        now: Timestamp,
        into transitions: inout [AlertTransition]
    ) -> Alert {
        guard var alert = known else {
            var (alert, changes) = Alert.starting(
                labels: finding.labels,
                source: finding.source,
                annotations: finding.annotations,
                value: finding.value,
                terms: terms,
                now: now
            )
            note(changes, isTrue: true, alert: &alert, now: now, into: &transitions)
            return alert
        }
        let changes = alert.evaluateTrue(
            value: finding.value,
            annotations: finding.annotations,
            terms: terms,
            now: now
        )
        note(changes, isTrue: true, alert: &alert, now: now, into: &transitions)
        return alert
    }

    /// An alert that the expression did not return; nil once nothing about it needs remembering.
    private func settle(
        _ alert: Alert,
        cleared: [Labels],
        now: Timestamp,
        into transitions: inout [AlertTransition]
    ) -> Alert? {
        var alert = alert
        let isCleared = !terms.hasClearCondition || cleared.contains { $0.agrees(with: alert.source) }
        let changes = alert.evaluateFalse(isCleared: isCleared, terms: terms, now: now)
        note(changes, isTrue: false, alert: &alert, now: now, into: &transitions)
        if case .resolved(_, _, let at) = alert.state {
            return now - at > Self.resolvedRetention && alert.flapping.isQuiet ? nil : alert
        }
        return changes.contains(.subsided) ? nil : alert
    }

    private func note(
        _ changes: [AlertTransition.Change],
        isTrue: Bool,
        alert: inout Alert,
        now: Timestamp,
        into transitions: inout [AlertTransition]
    ) {
        let wasFlapping = alert.flapping.isFlapping
        alert.flapping.record(isTrue)
        var all = changes
        if alert.flapping.isFlapping != wasFlapping {
            all.append(wasFlapping ? .stoppedFlapping : .beganFlapping)
        }
        for change in all {
            transitions.append(AlertTransition(change: change, alert: alert, at: now))
        }
    }
}

extension AlertBook {
    /// Puts back what was saved before a restart. `downtime` is the time in which nobody evaluated: up to `tolerance` it counts as if
    /// the alerts had stayed as they were; beyond it pending alerts begin anew, since nothing says that they were true
    /// throughout, while firing alerts stay firing until an evaluation says otherwise.
    public mutating func restore(_ saved: [Alert], downtime: Milliseconds, tolerance: Milliseconds) {
        for alert in saved {
            if case .pending = alert.state, downtime > tolerance { continue }
            entries[alert.labels] = alert
        }
        order = entries.keys.sorted()
    }

    private mutating func keep(_ next: [Labels: Alert]) {
        let isSameSet = next.count == entries.count && entries.keys.allSatisfy { next[$0] != nil }
        entries = next
        if !isSameSet { order = next.keys.sorted() }
    }
}

extension Labels {
    /// Whether each label of this set, the name left out, has the same value in the other.
    func agrees(with other: Labels) -> Bool {
        allSatisfy { label in
            guard label.name != Labels.metricName else { return true }
            return other[label.name].map { $0.utf8.elementsEqual(label.value.utf8) } ?? false
        }
    }
}
