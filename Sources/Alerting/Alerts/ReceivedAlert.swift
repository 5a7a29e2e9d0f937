public import Metrics

/// An alert as it was told to medic, by its own rules or from outside.
public struct ReceivedAlert: Hashable, Sendable {
    /// Who told of it.
    public enum Origin: Hashable, Sendable {
        /// medic's own rules.
        case own
        /// A client of the API, such as a Prometheus.
        case api
        /// The webhook of an Alertmanager, with its address.
        case webhook(from: String)
    }

    public let labels: Labels
    public let fingerprint: Fingerprint
    /// Sorted by name.
    public let annotations: [Label]
    public let startsAt: Timestamp
    /// Nil while it fires until somebody says otherwise.
    public let endsAt: Timestamp?
    public let updatedAt: Timestamp
    /// The end was not told but follows from `resolve_timeout`.
    public let timesOut: Bool
    public let generatorURL: String
    public let origin: Origin

    public init(
        labels: Labels,
        annotations: [Label] = [],
        startsAt: Timestamp,
        endsAt: Timestamp? = nil,
        updatedAt: Timestamp,
        timesOut: Bool = false,
        generatorURL: String = "",
        origin: Origin = .own
    ) {
        self.labels = labels
        fingerprint = Fingerprint(labels)
        self.annotations = annotations.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.updatedAt = updatedAt
        self.timesOut = timesOut
        self.generatorURL = generatorURL
        self.origin = origin
    }

    private init(_ other: ReceivedAlert, startsAt: Timestamp, endsAt: Timestamp?) {
        labels = other.labels
        fingerprint = other.fingerprint
        annotations = other.annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        updatedAt = other.updatedAt
        timesOut = other.timesOut
        generatorURL = other.generatorURL
        origin = other.origin
    }

    public func isResolved(at now: Timestamp) -> Bool { endsAt.map { $0 <= now } ?? false }

    /// The alert as of now: the end only if it has come, so that it cannot resolve while it is on its way.
    func settled(at now: Timestamp) -> ReceivedAlert {
        isResolved(at: now) ? self : ReceivedAlert(self, startsAt: startsAt, endsAt: nil)
    }

    /// The older and the newer word on an alert as one, by Alertmanager's rules: the earliest begin; of two ends that have come the
    /// later; an end still to come counts if it was told and is the later.
    func merged(with newer: ReceivedAlert, at now: Timestamp) -> ReceivedAlert {
        if newer.updatedAt < updatedAt { return newer.merged(with: self, at: now) }
        let isLater = Self.isLater(endsAt, newer.endsAt)
        let takesOldEnd = newer.isResolved(at: now) ? isResolved(at: now) && isLater : isLater && !timesOut
        return ReceivedAlert(
            newer,
            startsAt: min(startsAt, newer.startsAt),
            endsAt: takesOldEnd ? endsAt : newer.endsAt
        )
    }

    /// Whether both words speak of one stretch of time.
    func overlaps(_ newer: ReceivedAlert) -> Bool {
        Self.isLater(newer.endsAt, startsAt) && Self.isLater(endsAt, newer.endsAt)
            || newer.startsAt > startsAt && Self.isLater(endsAt, newer.startsAt)
    }

    /// No end is later than any.
    private static func isLater(_ left: Timestamp?, _ right: Timestamp?) -> Bool {
        guard let left else { return right != nil }
        guard let right else { return false }
        return left > right
    }
}

/// What somebody says of an alert.
public struct AlertUpdate: Hashable, Sendable {
    public var labels: Labels
    public var annotations: [Label]
    public var startsAt: Timestamp?
    public var endsAt: Timestamp?
    public var generatorURL: String
    public var origin: ReceivedAlert.Origin

    public init(
        labels: Labels,
        annotations: [Label] = [],
        startsAt: Timestamp? = nil,
        endsAt: Timestamp? = nil,
        generatorURL: String = "",
        origin: ReceivedAlert.Origin = .own
    ) {
        self.labels = labels
        self.annotations = annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.generatorURL = generatorURL
        self.origin = origin
    }

    /// What is wrong with it, in Alertmanager's words; nil when nothing is.
    public var complaint: String? {
        if let startsAt, let endsAt, endsAt < startsAt { return "start time must be before end time" }
        if labels.isEmpty { return "at least one label pair required" }
        if let bad = annotations.first(where: { $0.name.isEmpty }) {
            return "invalid annotations: invalid name \(Labels.quoted(bad.name))"
        }
        return nil
    }

    /// The alert with what was left open filled in. An end that nobody told comes after `resolveTimeout`, but for medic's own alerts:
    /// their end is always told.
    func received(at now: Timestamp, resolveTimeout: Milliseconds) -> ReceivedAlert {
        let timesOut = endsAt == nil && origin != .own
        return ReceivedAlert(
            labels: labels,
            annotations: annotations,
            startsAt: startsAt ?? endsAt ?? now,
            endsAt: timesOut ? now + resolveTimeout : endsAt,
            updatedAt: now,
            timesOut: timesOut,
            generatorURL: generatorURL,
            origin: origin
        )
    }
}
