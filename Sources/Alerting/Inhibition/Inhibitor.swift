public import Metrics

/// Which alerts are inhibited by which. Keeps the firing sources of each rule by the labels that must be equal, so that a question
/// costs one look-up a rule.
public struct Inhibitor: Sendable {
    private struct Source: Sendable {
        let endsAt: Timestamp?
        /// It matches the target's conditions too, so it must not inhibit another such alert, nor itself.
        let isTarget: Bool
    }

    private struct Watch: Sendable {
        let rule: InhibitRule
        let projection: LabelProjection
        var sources: [Labels: [Fingerprint: Source]] = [:]

        mutating func remove(_ fingerprint: Fingerprint, _ key: Labels) {
            sources[key]?[fingerprint] = nil
            if sources[key]?.isEmpty == true { sources[key] = nil }
        }
    }

    private var watches: [Watch]

    public init(_ rules: [InhibitRule] = []) {
        watches = rules.map { Watch(rule: $0, projection: .keeping($0.equal)) }
    }

    /// Takes in a new or changed alert.
    public mutating func update(_ alert: ReceivedAlert, at now: Timestamp) {
        for index in watches.indices where watches[index].rule.source.matches(alert.labels) {
            let key = watches[index].projection.apply(alert.labels)
            if alert.isResolved(at: now) {
                watches[index].remove(alert.fingerprint, key)
            } else {
                let isTarget = watches[index].rule.target.matches(alert.labels)
                watches[index].sources[key, default: [:]][alert.fingerprint] = Source(
                    endsAt: alert.endsAt,
                    isTarget: isTarget
                )
            }
        }
    }

    /// Forgets an alert.
    public mutating func remove(_ alert: ReceivedAlert) {
        for index in watches.indices where watches[index].rule.source.matches(alert.labels) {
            watches[index].remove(alert.fingerprint, watches[index].projection.apply(alert.labels))
        }
    }

    /// The firing alert because of which one with these labels is not told; nil when it may be.
    public func inhibitor(of labels: Labels, at now: Timestamp) -> Fingerprint? {
        for watch in watches where watch.rule.target.matches(labels) {
            guard let sources = watch.sources[watch.projection.apply(labels)] else { continue }
            let isSourceToo = watch.rule.source.matches(labels)
            let firing = sources.filter { entry in
                if isSourceToo && entry.value.isTarget { return false }
                return entry.value.endsAt.map { $0 > now } ?? true
            }
            if let first = firing.keys.min() { return first }
        }
        return nil
    }
}
